"""What Asterisk is told of the plan: here, who answers while no control plane does."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from callcenter.core.ids import new_id
from callcenter.core.secrets import Secrets
from callcenter.core.settings import load_settings
from callcenter.routing.rules import Needs, read_rules
from callcenter.routing.service import RoutePlan, RoutingPlan
from callcenter.routing.waiting import WaitingPlan
from callcenter.telephony.directory import Directory
from callcenter.telephony.fallback import queue_name
from callcenter.telephony.music import music_class
from callcenter.telephony.provisioning.load import load_model
from callcenter.telephony.provisioning.model import MusicClass
from callcenter.tenancy.service import EnterprisePlan, NumberPlan
from tests.fakes.switchboard import ELSEWHERE, HOME, service

CALM, URGENT = service(id=new_id(), priority=3), service(id=new_id(), priority=8)
FOREIGN = service(id=new_id(), enterprise_id=ELSEWHERE, priority=9)


ROUTE = new_id()


def queue_of(kind: str, target, *services, rules: dict[str, Any] | None = None) -> str:
    house = EnterprisePlan(HOME, "100001", "青禾", "021", "Asia/Shanghai", True, None)
    number = NumberPlan(new_id(), "02160000002", new_id(), HOME, kind, target, True)
    read = read_rules(rules) if rules else None
    routes = {ROUTE: RoutePlan(HOME, "r", read, Needs())} if read else {}
    known = {s.id: s for s in services}
    plan = RoutingPlan({HOME: house}, {}, {number.number: number}, known, routes)
    secrets = Secrets(**dict.fromkeys(Secrets.__dataclass_fields__, "s" * 24))
    model = load_model(load_settings({}), secrets, Directory({}, plan))
    (access,) = model.access_numbers
    return access.queue


def test_a_services_number_falls_back_to_its_own_queue() -> None:
    assert queue_of("agent_service", CALM.id, CALM, URGENT) == queue_name(CALM.id)


def test_a_flows_number_falls_back_to_the_enterprises_most_urgent_service() -> None:
    assert queue_of("ivr_service", new_id(), CALM, URGENT, FOREIGN) == queue_name(URGENT.id)


def to(one) -> dict[str, Any]:
    return {"kind": "agent_service", "id": str(one.id)}


def test_a_routing_services_number_falls_back_to_where_no_rule_leads() -> None:
    rules = {"rules": [{"name": "r", "tests": [], "target": to(URGENT)}], "otherwise": to(CALM)}
    assert queue_of("routing_service", ROUTE, CALM, URGENT, rules=rules) == queue_name(CALM.id)
    rules["otherwise"] = {"kind": "hang_up"}
    assert queue_of("routing_service", ROUTE, CALM, URGENT, rules=rules) == queue_name(URGENT.id)
    # A service that is no longer there is no queue.
    assert queue_of("routing_service", ROUTE, CALM, rules=rules) == queue_name(CALM.id)


@pytest.mark.parametrize(
    ("kind", "target"), [("ivr_service", new_id()), (None, None)], ids=["no service", "no strategy"]
)
def test_where_nobody_could_answer_there_is_no_queue(kind, target) -> None:
    assert queue_of(kind, target, FOREIGN) == ""


SAID = {"zh-CN": "春节休息。", "en": "Closed for the holidays."}


@pytest.mark.parametrize(
    ("enabled", "active", "message", "files"),
    [
        (False, True, SAID, (Path("/p/zh-CN"), Path("/p/en"))),
        (True, True, SAID, ()),
        (False, False, SAID, ()),
        (False, True, None, ()),
    ],
    ids=["paused", "in use", "of a suspended enterprise", "without words of its own"],
)
def test_what_is_said_of_a_paused_number(enabled, active, message, files) -> None:
    house = EnterprisePlan(HOME, "100001", "青禾", "021", "Asia/Shanghai", active, None)
    number = NumberPlan(new_id(), "02160000002", new_id(), HOME, None, None, enabled)
    number = replace(number, pause_message=message)
    plan = RoutingPlan({HOME: house}, {}, {number.number: number}, {})
    secrets = Secrets(**dict.fromkeys(Secrets.__dataclass_fields__, "s" * 24))
    model = load_model(
        load_settings({}),
        secrets,
        Directory({}, plan),
        (),
        lambda _, texts: [f"/p/{k}" for k in texts],
    )
    assert model.access_numbers[0].paused == files


def test_music_of_ones_own_is_a_class_for_each_language_where_anything_is_heard_of_it() -> None:
    heard, silent = new_id(), new_id()
    own = service(waiting=WaitingPlan(music=(heard, silent)))
    mute = service(id=new_id(), waiting=WaitingPlan(music=(silent,)))
    plain = service(id=new_id())
    plan = RoutingPlan({}, {}, {}, {one.id: one for one in (own, mute, plain)})
    secrets = Secrets(**dict.fromkeys(Secrets.__dataclass_fields__, "s" * 24))
    model = load_model(
        load_settings({}), secrets, Directory({}, plan),
        sounds=lambda owner, prompts, language: [
            f"/{owner.int}/{language}" for prompt in prompts if prompt == heard
        ],
    )  # fmt: skip
    assert model.music == tuple(
        MusicClass(music_class(own, language), (Path(f"/{HOME.int}/{language}"),))
        for language in ("zh-CN", "en")
    )
