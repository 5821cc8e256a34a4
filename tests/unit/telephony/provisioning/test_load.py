"""What Asterisk is told of the plan: here, who answers while no control plane does."""

import pytest

from callcenter.core.ids import new_id
from callcenter.core.secrets import Secrets
from callcenter.core.settings import load_settings
from callcenter.routing.service import RoutingPlan
from callcenter.telephony.directory import Directory
from callcenter.telephony.fallback import queue_name
from callcenter.telephony.provisioning.load import load_model
from callcenter.tenancy.service import EnterprisePlan, NumberPlan
from tests.fakes.switchboard import ELSEWHERE, HOME, service

CALM, URGENT = service(id=new_id(), priority=3), service(id=new_id(), priority=8)
FOREIGN = service(id=new_id(), enterprise_id=ELSEWHERE, priority=9)


def queue_of(kind: str, target, *services) -> str:
    house = EnterprisePlan(HOME, "100001", "青禾", "021", "Asia/Shanghai", True, None)
    number = NumberPlan(new_id(), "02160000002", new_id(), HOME, kind, target, True)
    plan = RoutingPlan({HOME: house}, {}, {number.number: number}, {s.id: s for s in services})
    secrets = Secrets(**dict.fromkeys(Secrets.__dataclass_fields__, "s" * 24))
    model = load_model(load_settings({}), secrets, Directory({}, plan))
    (access,) = model.access_numbers
    return access.queue


def test_a_services_number_falls_back_to_its_own_queue() -> None:
    assert queue_of("agent_service", CALM.id, CALM, URGENT) == queue_name(CALM.id)


def test_a_flows_number_falls_back_to_the_enterprises_most_urgent_service() -> None:
    assert queue_of("ivr_service", new_id(), CALM, URGENT, FOREIGN) == queue_name(URGENT.id)


@pytest.mark.parametrize(
    ("kind", "target"), [("ivr_service", new_id()), (None, None)], ids=["no service", "no strategy"]
)
def test_where_nobody_could_answer_there_is_no_queue(kind, target) -> None:
    assert queue_of(kind, target, FOREIGN) == ""
