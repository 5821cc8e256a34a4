"""A write that a trigger refuses leaves a line in its log, and nothing else."""

from typing import Any

import pytest

from callcenter.objects.service.triggers.refusals import Refusals
from tests.integration.objects.files import Importer
from tests.integration.objects.firm import CLIENTS, RIGHTS, Firm, make
from tests.integration.objects.shaping import a_field
from tests.integration.objects.triggering import (
    JOBS,
    NO_RESULT,
    REFUSE,
    RUNS,
    Background,
    a_client,
    a_job,
    a_trigger,
    asked,
    changed,
    put,
    worked_out,
)
from tests.support.office import Caller

pytestmark = pytest.mark.integration

NO_NEW_ONE = a_trigger("never", REFUSE, on=["create"], condition=asked("name", "eq", "不"))


def refused(conf: Caller) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = conf.get(RUNS, state="refused").json["items"]
    return lines


def test_a_refused_change_is_told_with_who_and_what_and_why(
    firm: Firm, agent: Caller, conf: Caller, background: Background
) -> None:
    first = a_trigger("first", put(visits=worked_out("1")), on=["update"])
    firm.keeps(a_client(), a_job(first, a_trigger("result", REFUSE, condition=NO_RESULT)))
    record = make(agent, JOBS, "换泵")
    assert changed(agent, JOBS, record, state="done").status_code == 422
    (line,) = refused(conf)
    assert line["record"] == {"id": record, "title": "换泵"}
    assert (line["trigger"], line["act"], line["when"]) == ("result", "update", "before")
    assert (line["actor"]["name"], line["message"]) == ("林晓彤", "请先填写结果")
    (run,) = background.runs()
    assert run.message == {"said": REFUSE["message"]}
    assert conf.get(RUNS, record_id=record).json["total"] == 1


def test_a_new_record_that_is_refused_has_no_name_in_the_log(
    firm: Firm, agent: Caller, conf: Caller
) -> None:
    firm.keeps(a_client(), a_job(NO_NEW_ONE))
    assert agent.post(JOBS, {"values": {"name": "不"}}).status_code == 422
    (line,) = refused(conf)
    assert (line["record"], line["act"], line["steps"]) == (None, "create", [])


def test_a_value_that_does_not_fit_is_told_as_well(firm: Firm, agent: Caller, conf: Caller) -> None:
    far = a_trigger("far", put(visits=worked_out("99999999999999999999")), on=["create"])
    firm.keeps(a_client(), a_job(far))
    agent.post(JOBS, {"values": {"name": "换泵"}})
    (line,) = refused(conf)
    assert "触发 far" in line["message"]


def test_a_refused_deletion_is_told(firm: Firm, admin: Caller, conf: Caller) -> None:
    firm.keeps(a_client(), a_job(a_trigger("keep", REFUSE, on=["delete"])))
    record = make(admin, JOBS, "换泵")
    assert admin.send("DELETE", f"{JOBS}/{record}", version=1).status_code == 422
    (line,) = refused(conf)
    assert (line["record"]["id"], line["act"]) == (record, "delete")


def test_of_lines_that_are_refused_with_their_record_one_is_told(
    firm: Firm, admin: Caller, conf: Caller
) -> None:
    settings = {"object": "job", "by": "customer", "columns": ["name"], "most": 4}
    document = a_client()
    document["groups"][0]["fields"].append(
        a_field("jobs", "details", settings={"details": settings})
    )
    firm.keeps(a_job(NO_NEW_ONE), document)
    lines = [{"values": {"name": name}} for name in ("好", "不", "不")]
    answer = admin.post(CLIENTS, {"values": {"name": "王秀兰", "jobs": lines}})
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "refused")
    assert {*answer.json["error"]["fields"]} == {"jobs.1.result", "jobs.2.result"}
    (line,) = refused(conf)
    assert line["trigger"] == "never"


def test_what_goes_on_without_the_refused_ones_tells_of_them_itself(
    firm: Firm, admin: Caller, importer: Importer, background: Background
) -> None:
    rights = {**RIGHTS, "import": {"admin": "all"}}
    never = a_trigger("result", REFUSE, condition=NO_RESULT)
    firm.keeps(a_client(), a_job(NO_NEW_ONE, never, permissions=rights))
    record = make(admin, JOBS, "换泵")
    body = {"act": "edit", "records": [{"id": record}], "values": {"state": "done"}}
    assert admin.post("/objects/job/bulk", body).json["failed"] == 1
    importer.identifier = "job"
    ended = importer.whole([["name"], ["一"], ["不"]], mode="create", match=None)
    assert ended["counts"]["failed"] == 1
    assert background.runs() == []


def test_the_answer_is_the_same_when_the_log_cannot_be_written(
    firm: Firm, agent: Caller, conf: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm.keeps(a_client(), a_job(NO_NEW_ONE))
    monkeypatch.setattr(Refusals, "_line", lambda *_: 1 / 0)
    answer = agent.post(JOBS, {"values": {"name": "不"}})
    assert (answer.status_code, answer.json["error"]["message"]) == (422, "请先填写结果")
    assert refused(conf) == []


def test_what_was_refused_is_not_tried_again(firm: Firm, agent: Caller, conf: Caller) -> None:
    firm.keeps(a_client(), a_job(NO_NEW_ONE))
    agent.post(JOBS, {"values": {"name": "不"}})
    (line,) = refused(conf)
    answer = conf.post(f"{RUNS}/{line['id']}/again")
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "run-not-failed")
