"""Triggers inside a write, whoever writes: they fill fields, number and refuse."""

from typing import Any

import pytest

from tests.integration.objects.files import Importer
from tests.integration.objects.firm import CLIENTS, RIGHTS, Firm, make
from tests.integration.objects.shaping import a_field
from tests.integration.objects.triggering import (
    DONE,
    JOBS,
    NO_RESULT,
    REFUSE,
    Background,
    a_client,
    a_job,
    a_trigger,
    asked,
    changed,
    put,
    value,
    values_of,
    worked_out,
)
from tests.support.office import Caller

pytestmark = pytest.mark.integration

NUMBER = {"do": "number", "field": "invoice"}


def test_values_are_set_by_the_triggers_in_their_order(firm: Firm, agent: Caller) -> None:
    first = a_trigger("first", put(visits=worked_out("coalesce(visits, 0) + 1")), on=["create"])
    second = a_trigger("second", put(result=worked_out("'no. ' & visits")), on=["create", "update"])
    firm.keeps(a_client(), a_job(first, second))
    record = make(agent, JOBS, "换泵", visits=4)
    held = values_of(agent, JOBS, record)
    assert (held["visits"], held["result"]) == (5, "no. 5")
    lines = agent.get(f"{JOBS}/{record}/log").json["items"]
    assert [name["en"] for name in lines[0]["triggers"]] == ["Trigger first", "Trigger second"]


def test_a_formula_follows_what_a_trigger_has_set(firm: Firm, agent: Caller) -> None:
    double = a_field("double", "formula", settings={"expression": "visits * 2", "places": 0})
    document = a_job(a_trigger("five", put(visits=value(5)), on=["create"]))
    document["groups"][0]["fields"].append(double)
    firm.keeps(a_client(), document)
    assert values_of(agent, JOBS, make(agent, JOBS, "换泵"))["double"] == "10"


def test_a_refusal_is_told_at_its_field_and_nothing_of_the_write_is_there(
    firm: Firm, agent: Caller, background: Background
) -> None:
    number = a_trigger("number", NUMBER, condition=DONE)
    firm.keeps(a_client(), a_job(number, a_trigger("result", REFUSE, condition=NO_RESULT)))
    record = make(agent, JOBS, "换泵")
    answer = changed(agent, JOBS, record, state="done")
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "refused")
    assert answer.json["error"]["fields"] == {"result": ["请先填写结果"]}
    assert answer.json["error"]["message"] == "请先填写结果"
    assert values_of(agent, JOBS, record)["state"] == "open"
    assert background.states() == [("result", "refused")]
    assert changed(agent, JOBS, record, state="done", result="好了").status_code == 200
    # The number that the refused write had taken was given back.
    assert values_of(agent, JOBS, record)["invoice"] == "RE0001"


def test_a_number_is_given_when_its_trigger_fires_and_never_twice(
    firm: Firm, agent: Caller
) -> None:
    firm.keeps(
        a_client(), a_job(a_trigger("number", NUMBER, condition=asked("state", "eq", "done")))
    )
    record = make(agent, JOBS, "换泵")
    assert values_of(agent, JOBS, record)["invoice"] is None
    for name in ("一", "二"):
        assert changed(agent, JOBS, record, state="done", name=name).status_code == 200
    assert values_of(agent, JOBS, record)["invoice"] == "RE0001"


def test_what_a_trigger_sets_has_to_be_good(firm: Firm, agent: Caller) -> None:
    firm.keeps(
        a_client(),
        a_job(a_trigger("far", put(visits=worked_out("99999999999999999999")), on=["create"])),
    )
    answer = agent.post(JOBS, {"values": {"name": "换泵"}})
    assert answer.status_code == 422
    assert "触发 far" in answer.json["error"]["fields"]["visits"][0]


def test_a_trigger_writes_what_its_actor_may_not_and_he_still_does_not_see_it(
    firm: Firm, agent: Caller, admin: Caller
) -> None:
    secret = a_field("secret", rights={"agent": "hide"})
    document = a_job(a_trigger("secret", put(secret=value("x")), on=["create"]))
    document["groups"][0]["fields"].append(secret)
    firm.keeps(a_client(), document)
    answer = agent.post(JOBS, {"values": {"name": "换泵"}})
    assert "secret" not in answer.json["values"]
    assert values_of(admin, JOBS, answer.json["id"])["secret"] == "x"


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_inactive_trigger_does_nothing(
    firm: Firm, agent: Caller, background: Background, when: str
) -> None:
    action = put(visits=value(5)) if when == "before" else {
        "do": "update", "field": "customer", "values": {"jobs_done": value(1)},
    }  # fmt: skip
    firm.keeps(a_client(), a_job(a_trigger("off", action, on=["create"], when=when, active=False)))
    assert values_of(agent, JOBS, make(agent, JOBS, "换泵"))["visits"] is None
    assert background.runs() == []


def test_a_deletion_is_refused(firm: Firm, admin: Caller) -> None:
    firm.keeps(a_client(), a_job(a_trigger("keep", REFUSE, on=["delete"])))
    record = make(admin, JOBS, "换泵")
    answer = admin.send("DELETE", f"{JOBS}/{record}", version=1)
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "refused")
    assert admin.get(f"{JOBS}/{record}").status_code == 200


def test_who_comes_back_from_the_bin_is_changed_by_it(firm: Firm, admin: Caller) -> None:
    firm.keeps(a_client(), a_job(a_trigger("again", put(visits=worked_out("visits + 1")))))
    record = make(admin, JOBS, "换泵", visits=1)
    assert admin.send("DELETE", f"{JOBS}/{record}", version=1).status_code == 204
    restored = admin.post(f"/objects/job/recycle-bin/{record}/restore", version=2)
    assert restored.json["values"]["visits"] == 2


def test_a_merge_fires_for_the_survivor_and_for_those_that_go(
    firm: Firm, admin: Caller, background: Background
) -> None:
    stays = a_trigger("stays", put(jobs_done=value(7)))
    goes = {"do": "create", "object": "job", "values": {"name": {"field": "name"}}}
    firm.keeps(a_client(stays, a_trigger("goes", goes, on=["delete"], when="after")), a_job())
    one, two = make(admin, CLIENTS, "甲"), make(admin, CLIENTS, "乙")
    body = {"others": [{"id": two, "version": 1}], "values": {}}
    answer = admin.post(f"{CLIENTS}/{one}/merge", body, version=1)
    assert answer.status_code == 200, answer.json
    assert answer.json["values"]["jobs_done"] == 7
    background.work()
    assert [each["title"] for each in admin.get(JOBS).json["items"]] == ["乙"]


def test_an_import_is_told_line_by_line_what_triggers_refuse(
    firm: Firm, importer: Importer, admin: Caller, background: Background
) -> None:
    refuse = a_trigger("short", REFUSE, on=["create"], condition=asked("result", "empty"))
    count = a_trigger("count", put(visits=value(1)), on=["create"])
    told: dict[str, Any] = {
        "do": "create",
        "object": "client",
        "values": {"name": {"field": "name"}},
    }
    last = a_trigger("told", told, on=["create"], when="after")
    rights = {**RIGHTS, "import": {"admin": "all"}}
    firm.keeps(a_client(), a_job(refuse, count, last, permissions=rights))
    importer.identifier = "job"
    rows = [["name", "result"], ["一", "好"], ["二", ""], ["三", "好"]]
    ended = importer.whole(rows, mode="create", match=None)
    assert (ended["counts"]["created"], ended["counts"]["failed"]) == (2, 1)
    assert {each["values"]["visits"] for each in admin.get(JOBS).json["items"]} == {1}
    assert len(background.jobs()) == 1
    background.work()
    assert {each["title"] for each in admin.get(CLIENTS).json["items"]} == {"一", "三"}
