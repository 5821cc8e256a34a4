"""Phones that are rung for something that is no call: a draft is tried, a prompt recorded; no figure knows."""

import json
from typing import Any
from uuid import UUID

import pytest

from callcenter.acd.agent import AgentState
from callcenter.core.ids import new_id
from callcenter.core.speech import EspeakSpeech
from callcenter.core.tenant import Scope
from callcenter.telephony.commands import Command
from callcenter.telephony.outlet import flow_room, takes_room
from ivr.models import IvrFlowVersion, IvrPrompt, IvrService, VersionState
from ivr.prompts import PromptLibrary
from ivr.service import record_prompts
from ivr.trying import drafted
from tests.integration.telephony.node.test_flows import BYE, asking, exits, node
from tests.support.centre import Centre, until

pytestmark = pytest.mark.integration

SEAT = "8001"
QUERY = {"object": "order", "where": [{"field": "code", "value": 1}], "reads": {"due": "due"}}


def drawn(centre: Centre, definition: dict[str, Any]) -> UUID:
    """A service of which there is nothing but a draft."""
    now = centre.node.clock.now()
    with centre.database.begin(Scope(centre.enterprise)) as session:
        service = IvrService(enterprise_id=centre.enterprise, name="flow", changed_at=now)
        session.add(service)
        session.flush()
        session.add(
            IvrFlowVersion(
                enterprise_id=centre.enterprise, service_id=service.id, number=1, made_at=now,
                state=VersionState.DRAFT, definition=definition,
            )
        )  # fmt: skip
        session.flush()
        flow, _ = drafted(session, service.id)
        library = PromptLibrary(centre.settings.paths.home / "prompts", EspeakSpeech())
        record_prompts(library, [flow])
        return service.id


async def asked(centre: Centre, verb: str, body: dict[str, Any]) -> dict[str, Any]:
    actor = centre.agents["8003"]
    command = Command(str(new_id()), verb, centre.enterprise, actor, 0, "", body)
    return await centre.node.verbs.carry_out(command)


def a_trial_of(service_id: UUID) -> dict[str, Any]:
    return {
        "service_id": str(service_id), "phone": SEAT, "shown": "营业厅", "caller": "withheld:",
        "called": "", "at": None, "variables": {}, "reads": False, "acts": False,
    }  # fmt: skip


def shown(centre: Centre, room: str) -> dict[str, Any]:
    found = centre.node.rooms._rooms.get(room, {})
    return json.loads(next(iter(found.values()))) if found else {}


async def phones_are_there(centre: Centre) -> None:
    seat = centre.node.agents.seat(centre.agents[SEAT])
    assert seat is not None
    await until(lambda: centre.node.agents.is_registered(seat), "the phone is registered")


async def test_a_draft_is_tried_on_a_phone_and_is_nobodys_call(centre: Centre) -> None:
    ways = {"one": "bye", "none": "bye", "several": "bye", "failed": "bye"}
    service_id = drawn(centre, asking(node("then", "query", QUERY, **ways)))
    await phones_are_there(centre)
    room = flow_room(centre.enterprise, service_id)
    begun = await asked(centre, "flow.try", a_trial_of(service_id))
    assert begun["ok"], begun
    trial = begun["result"]["id"]
    again = await asked(centre, "flow.try", a_trial_of(service_id))
    assert again["code"] == "target-unavailable"

    phone = await centre.network.rings(centre.phone(SEAT))
    assert shown(centre, room)["state"] == "ringing"
    await phone.answer()
    await until(lambda: shown(centre, room).get("node") == "ask", "the phone is in the flow")
    await phone.press("1")
    waits = lambda: shown(centre, room).get("waits")  # noqa: E731
    await until(lambda: (waits() or {}).get("what") == "outcome", "the tester is asked", waits)
    foreign = await asked(centre, "flow.try_answer", {"id": trial, "exit": "elsewhere", "sets": {}})
    assert foreign["code"] == "illegal-state"
    answer = {"id": trial, "exit": "one", "sets": {"due": "2026-12-01", "other": "x"}}
    assert (await asked(centre, "flow.try_answer", answer))["ok"]
    await phone.ended.wait()

    await until(lambda: shown(centre, room)["state"] == "ended", "the trial is over")
    told = shown(centre, room)
    assert told["variables"]["due"] == "2026-12-01"
    assert "other" not in told["variables"]
    assert [line["text"] for line in told["lines"] if line["what"] == "entered"] == ["1"]
    assert told["lines"][-1]["text"] == "hang_up"
    await until(lambda: not centre.node.tracker.legs, "all channels are gone")
    await centre.node.flow_counts.flush()
    assert (centre.calls(), centre.legs(), centre.facts()) == ([], [], [])
    assert exits(centre, service_id) == {}
    assert centre.state(SEAT) is AgentState.OFFLINE


async def test_who_takes_calls_is_not_rung_and_a_page_is_lent_a_phone(centre: Centre) -> None:
    service_id = drawn(centre, {"start": "bye", "languages": ["zh-CN"], "nodes": [BYE]})
    await centre.sign_in(SEAT)
    refused = await asked(centre, "flow.try", a_trial_of(service_id))
    assert (refused["code"], refused["details"]) == ("target-unavailable", {"state": "ready"})
    nobody = await asked(centre, "flow.try", a_trial_of(service_id) | {"phone": "9999"})
    assert nobody["code"] == "target-unavailable"
    no_page = await asked(centre, "flow.try", a_trial_of(service_id) | {"phone": ""})
    assert no_page["code"] == "phone-not-registered"
    await nothing_can_be_dialled_from_a_pages_phone(centre)


async def nothing_can_be_dialled_from_a_pages_phone(centre: Centre) -> None:
    lent = (await asked(centre, "phone.lend", {}))["result"]
    ami = centre.node.ami

    async def endpoint(name: str) -> dict[str, str]:
        found = await ami.list({"Action": "PJSIPShowEndpoint", "Endpoint": name})
        detail = next(event for event in found if event.name == "EndpointDetail")
        return {key: detail.get(key) for key in ("Context", "Webrtc", "Accountcode")}

    assert await endpoint(lent["endpoint"]) == {
        "Context": "nowhere", "Webrtc": "yes", "Accountcode": "",
    }  # fmt: skip
    await asked(centre, "phone.return", {})
    await centre.node.refresher.refresh()
    text = (centre.settings.paths.asterisk / "etc" / "pjsip.conf").read_text()
    assert lent["endpoint"] not in text


async def test_a_prompt_is_spoken_into_a_phone_heard_and_kept(centre: Centre) -> None:
    with centre.database.begin(Scope(centre.enterprise)) as session:
        prompt = IvrPrompt(
            enterprise_id=centre.enterprise, name="欢迎", sounds={},
            changed_at=centre.node.clock.now(),
        )  # fmt: skip
        session.add(prompt)
        session.flush()
        prompt_id, version = prompt.id, prompt.version
    await phones_are_there(centre)
    room = takes_room(centre.enterprise)
    body = {
        "prompt_id": str(prompt_id), "language": "zh-CN", "spoken": "zh-CN", "phone": SEAT,
        "shown": "欢迎", "version": version,
    }  # fmt: skip
    begun = await asked(centre, "prompt.record", body)
    assert begun["ok"], begun
    phone = await centre.network.rings(centre.phone(SEAT))
    await phone.answer()
    state = lambda: shown(centre, room).get("state")  # noqa: E731
    await until(lambda: state() == "speaking", "the tone is heard", state)
    await phone.speak("欢迎致电青禾家电。")
    await phone.press("#")
    await until(lambda: state() == "listening", "the recording is played", state)
    await phone.press("1")
    await phone.ended.wait()
    assert state() == "kept"
    with centre.database.begin(Scope(centre.enterprise)) as session:
        kept = session.get_one(IvrPrompt, prompt_id)
        sound = kept.sounds["zh-CN"]
        assert kept.version > version
    assert sound["seconds"] > 1
    assert sound["file"].startswith(f"{SEAT}-")
    assert not list((centre.settings.paths.recordings / "takes").glob("*"))
    assert centre.facts() == []
