"""Where calls go leaves one enterprise as a file, by names, and comes into another."""

from copy import deepcopy
from typing import Any

import pytest
from flask import Flask

from callcenter.configuration.schemas import LEADING
from callcenter.processes.names import SqlNames
from tests.integration.configuration.conftest import Desk
from tests.integration.configuration.test_moving import without_head
from tests.support.firms import Page, register

pytestmark = pytest.mark.integration

DAY = [{"begins": "09:00", "ends": "18:00"}]
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), DAY) | {"sat": [], "sun": []}
SORRY = {"kind": "message", "say": {"zh-CN": "已下班", "en": "We are closed"}}


@pytest.fixture
def manager(desk: Desk) -> Desk:
    """Whoever manages a new enterprise."""
    return Desk(desk.firm, "admin")


@pytest.fixture(scope="module")
def other(web: Flask, operator: Page) -> Desk:
    """Whoever manages another one, which has all of it."""
    desk = Desk(register(web, operator), "admin")
    furnish(desk.conf)
    return desk


@pytest.fixture(scope="module")
def exported(other: Desk) -> dict[str, Any]:
    return other.export()


@pytest.fixture
def document(exported: dict[str, Any]) -> dict[str, Any]:
    """To be changed at will."""
    return deepcopy(exported)


def furnish(admin: Page) -> None:
    """A hotline: services that lead to each other, hours, a list, a room, a box, rules."""
    skill = admin.made("/skills", {"name": "英语"})["id"]
    listed = admin.made("/caller-lists", {"name": "重要客户"})["id"]
    hours = admin.made("/schedules", {"name": "白班", "week": WEEK})["id"]
    room = admin.made("/conferences", {"name": "例会", "pin": "2468"})["id"]
    assert admin.put("/holidays/2026-12-24", {"kind": "holiday", "name": "周年"}).status_code == 200
    service = admin.made("/agent-services", {"name": "热线", "matching": {
        "rings": [{"after_seconds": 0, "needs": [{"skill": skill, "level": 5}]}],
        "lists": [{"list": listed, "steps": 2}],
    }})  # fmt: skip
    tests = [{"kind": "schedule", "id": hours}, {"kind": "list", "id": listed}]
    route = admin.made("/routing-services", {"name": "总机", "document": {
        "rules": [
            {"name": "重要", "tests": tests, "target": {"kind": "agent_service", "id": service["id"]}},
            {"name": "例会", "tests": [], "target": {"kind": "conference", "id": room}},
        ],
        "otherwise": SORRY,
    }})["id"]  # fmt: skip
    overflow = {"timeout": {"kind": "routing_service", "id": route}}
    path = f"/agent-services/{service['id']}"
    led = admin.patch(
        path, {"waiting": {"overflow": overflow, "schedule_id": hours}}, service["version"]
    )
    assert led.status_code == 200, led.json
    box = {"greeting": {"zh-CN": "请留言", "en": "Please leave a message"}, "longest_seconds": 60}
    assert admin.put(f"/voicemail/boxes/{service['id']}", box, 0).status_code == 200
    rules = {
        "attempts": 2, "pause_seconds": 60, "lasts_seconds": 3600, "begins": "08:00",
        "ends": "20:00", "schedule_id": hours,
    }  # fmt: skip
    assert admin.put(f"/callbacks/rules/{service['id']}", rules, 0).status_code == 200


def by_part(items: list[dict[str, Any]], state: str) -> dict[str, dict[str, Any]]:
    return {f"{one['part']}.{one['key']}": one for one in items if one["state"] == state}


def test_it_comes_back_as_it_went_and_a_repeat_changes_nothing(
    manager: Desk, document: dict[str, Any]
) -> None:
    assert set(document) == {"format", "name", "description", *LEADING}
    tests = document["routing_services"][0]["document"]["rules"][0]["tests"]
    assert tests[0]["id"] == {"ref": "schedule", "name": "白班"}
    assert document["agent_services"][0]["waiting"]["schedule_id"] == tests[0]["id"]
    states = manager.states(document)
    assert set(states.values()) == {"new"}
    assert {part.partition(".")[0] for part in states} == {*LEADING} - {"access_numbers"}
    assert set(manager.take(document).values()) == {"added"}
    assert without_head(manager.export()) == without_head(document)
    assert set(manager.states(document).values()) == {"same"}
    assert manager.take(document) == {}


def test_a_room_that_asks_for_a_pin_is_not_open_where_it_comes_to(
    manager: Desk, document: dict[str, Any]
) -> None:
    assert "2468" not in str(document)
    manager.take(document)
    (room,) = manager.conf.get("/conferences").json["items"]
    assert len(room["pin"]) == 8
    document["conferences"][0]["most"] = 20
    assert manager.take(document) == {"conferences.例会": "changed"}
    (after,) = manager.conf.get("/conferences").json["items"]
    assert (after["most"], after["pin"]) == (20, room["pin"])


def test_members_stay_and_a_difference_is_told_where_it_is(
    manager: Desk, document: dict[str, Any]
) -> None:
    manager.take(document)
    seat = manager.firm.seat()["id"]
    (service,) = manager.conf.get("/agent-services").json["items"]
    members = {"members": {"teams": [], "users": [seat], "skills": []}}
    path = f"/agent-services/{service['id']}"
    assert manager.conf.patch(path, members, service["version"]).status_code == 200
    document["agent_services"][0]["waiting"]["offers"]["callback"] = "1"
    document["routing_services"][0]["document"]["rules"][1]["target"] = SORRY
    changed = by_part(manager.trial(document)["items"], "changed")
    assert [*changed] == ["agent_services.热线", "routing_services.总机"]
    (told,) = changed["agent_services.热线"]["details"]
    assert (told["attribute"], told["after"]) == ("waiting.offers.callback", "1")
    assert set(manager.take(document).values()) == {"changed"}
    assert manager.conf.get(path).json["members"]["users"] == [seat]


def test_what_is_not_there_is_named(manager: Desk, document: dict[str, Any]) -> None:
    del document["schedules"]
    blocked = by_part(manager.trial(document)["items"], "blocked")
    # The service overflows to the rules, and the box is the service's.
    assert [*blocked] == [
        "agent_services.热线", "routing_services.总机", "voicemail_boxes.热线",
        "callback_rules.热线",
    ]  # fmt: skip
    (problem,) = blocked["routing_services.总机"]["problems"]
    assert problem["path"] == "document.rules.0.tests.0.id.白班"
    assert problem["message"] == "Nothing of this kind has this name here."


def test_what_points_at_what_cannot_be_taken_cannot_either(
    manager: Desk, document: dict[str, Any]
) -> None:
    document["agent_services"][0]["priority"] = 99
    blocked = by_part(manager.trial(document)["items"], "blocked")
    assert [*blocked] == [
        "agent_services.热线", "routing_services.总机", "voicemail_boxes.热线",
        "callback_rules.热线",
    ]  # fmt: skip
    assert set(manager.take(document).values()) == {"added"}


def test_recordings_are_found_by_the_name_of_a_prompt_that_can_be_heard(
    manager: Desk, document: dict[str, Any]
) -> None:
    named = {"ref": "prompt", "name": "等候音乐"}
    waiting = document["agent_services"][0]["waiting"]
    waiting["music"], waiting["messages"]["texts"] = [named], [{"prompt": named}]
    assert "agent_services.热线" in by_part(manager.trial(document)["items"], "blocked")
    prompt = manager.conf.made("/ivr-prompts", {"name": "等候音乐"})
    text = f"/ivr-prompts/{prompt['id']}/texts/zh-CN"
    assert manager.conf.put(text, {"text": "请稍等"}, prompt["version"]).status_code == 200
    assert set(manager.take(document).values()) == {"added"}
    assert without_head(manager.export()) == without_head(document)


def test_what_was_left_out_may_not_be_pointed_at(manager: Desk, document: dict[str, Any]) -> None:
    take = {part: [one[LEADING[part]] for one in document[part]] for part in LEADING}
    refused = manager.send(document, take=take | {"schedules": []})
    assert refused.status_code == 422
    assert [*refused.json["error"]["fields"]] == [
        "agent_services.热线.waiting.schedule_id.白班",
    ]
    assert manager.conf.get("/routing-services").json["items"] == []


def test_a_number_leads_where_the_file_says_if_it_is_ones_own(
    manager: Desk, other: Desk, operator: Page, number: dict[str, Any]
) -> None:
    bind = f"/operator/access-numbers/{number['id']}/bind"
    assert operator.post(bind, {"enterprise_id": other.firm.id}).status_code == 200
    document = other.export()
    document = other.export()
    (led,) = document["access_numbers"]
    assert led == {
        "number": number["number"], "strategy": None, "language": "zh-CN",
        "ivr_channels": None, "ivr_overflow": None,
    }  # fmt: skip
    led |= {
        "strategy": {"ref": "routing_service", "name": "总机"}, "language": "en", "ivr_channels": 5,
        "ivr_overflow": {"kind": "agent_service", "id": {"ref": "agent_service", "name": "热线"}},
    }  # fmt: skip
    assert other.take(document) == {f"access_numbers.{number['number']}": "changed"}
    (kept,) = other.conf.get("/access-numbers").json["items"]
    assert (kept["strategy"]["target"]["name"], kept["ivr_channels"]) == ("总机", 5)
    assert kept["language"] == "en"
    blocked = by_part(manager.trial(document)["items"], "blocked")
    assert [*blocked] == [f"access_numbers.{number['number']}"]


def test_what_an_entry_has_wrong_is_told(manager: Desk) -> None:
    wrong = {
        "schedules": ({"name": "x", "week": {}}, "week.mon"),
        "conferences": ({"name": "x", "pin": "1234"}, "with_pin"),
        "agent_services": ({"name": "x", "members": {}}, "members"),
        "holidays": ({"day": "soon", "kind": "holiday"}, "day"),
        "voicemail_boxes": ({"service": "x"}, "service"),
        "access_numbers": ({"number": "1", "note": "x"}, "note"),
    }
    unread = {"number": "1", "strategy": {"kind": "x"}}
    file = {"format": 1, "name": {"zh-CN": "x", "en": "x"}}
    told = manager.trial(file | {part: [entry] for part, (entry, _) in wrong.items()})
    assert told["problems"] == []
    for item in told["items"]:
        paths = {problem["path"] for problem in item["problems"]}
        assert wrong[item["part"]][1] in paths, item
    (item,) = manager.trial(file | {"access_numbers": [unread]})["items"]
    assert [problem["path"] for problem in item["problems"]] == ["strategy"]


def test_what_there_is_is_read_once_however_many_entries_there_are(
    manager: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    file: dict[str, Any] = {"format": 1, "name": {"zh-CN": "x", "en": "x"}}

    def looks(count: int) -> int:
        """Of a trial, at what may be pointed at."""
        lists = [{"name": f"l{number}"} for number in range(count)]
        tests = [{"kind": "list", "id": {"ref": "caller_list", "name": f"l{count - 1}"}}]
        rule = {"name": "x", "tests": tests, "target": SORRY}
        routes = [
            {"name": f"r{number}", "document": {"rules": [rule], "otherwise": SORRY}}
            for number in range(count)
        ]
        seen: list[Any] = []
        read = SqlNames.all
        with monkeypatch.context() as watched:
            watched.setattr(SqlNames, "all", lambda *given: (seen.append(1), read(*given))[1])
            states = manager.states(file | {"caller_lists": lists, "routing_services": routes})
        assert set(states.values()) == {"new"}
        return len(seen)

    assert looks(2) == looks(12) <= 4


def test_each_takes_out_and_in_what_is_theirs_to_shape(
    manager: Desk, desk: Desk, document: dict[str, Any]
) -> None:
    shaped = desk.export()
    assert not set(shaped) & set(LEADING)
    whole = shaped | {part: document[part] for part in LEADING}
    for one, own in ((desk, False), (manager, True)):
        for item in one.trial(whole)["items"]:
            forbidden = (item["part"] in LEADING) is not own
            assert (item["reason"] == "forbidden") is forbidden, item
    refused = desk.send(whole, take={"schedules": ["白班"]})
    assert refused.json["error"]["code"] == "cannot-take"
