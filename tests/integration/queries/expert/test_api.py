"""Expert queries over HTTP: tried and kept by designers, used as any other query."""

from typing import Any

import pytest
from sqlalchemy import select

from callcenter.core.audit import AuditEntry
from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.queries.expert.document import ExpertQuery
from callcenter.queries.expert.parts import Parts
from callcenter.queries.service import Wanted
from tests.integration.objects.shaping import label
from tests.integration.queries.expert.asking import Desk
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration

EXPERTS = "/expert-queries"


def a_document(**texts: str) -> dict[str, Any]:
    said = {"select": "c.id, c.name, c.age", "source": "client c", "order": "c.name", **texts}
    return {"kind": "expert", "texts": said}


def keep(conf: Caller, key: str = "clients", **more: Any) -> dict[str, Any]:
    body = {"key": key, "name": label("客户"), "roles": ["agent", "leader"], **more}
    answer = conf.post(EXPERTS, {"document": a_document(), **body})
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def test_what_may_be_named_is_told_to_whoever_writes(
    conf: Caller, agent: Caller, desk: Desk
) -> None:
    told = conf.get(f"{EXPERTS}/objects").json
    objects = {each["identifier"]: each for each in told["items"]}
    fields = {each["key"]: each["type"] for each in objects["client"]["fields"]}
    assert fields["id"] == "id"
    assert fields["age"] == "integer"
    assert fields["created_at"] == "created_at"
    assert {"count", "date_trunc"} <= {*told["functions"]}
    assert agent.get(f"{EXPERTS}/objects").status_code == 403


def test_a_draft_is_tried_and_its_problems_stand_at_their_places(conf: Caller, desk: Desk) -> None:
    tried = conf.post(f"{EXPERTS}/run", {"document": a_document(where="c.age > 30")}).json
    assert [row["values"]["name"] for row in tried["answer"]["rows"]] == ["Bob", "cleo"]
    assert tried["answer"]["rows"][0]["records"][""]["object"] == "client"
    wrong = conf.post(f"{EXPERTS}/run", {"document": a_document(where="c.age >\n c.wrong")}).json
    (problem,) = wrong["problems"]
    assert wrong["answer"] is None
    assert (problem["part"], problem["line"], problem["column"]) == ("where", 2, 4)
    assert "wrong" in problem["said"]
    typed = conf.post(f"{EXPERTS}/run", {"document": a_document(where="c.name > 1")}).json
    assert [each["part"] for each in typed["problems"]] == [""]


def test_a_query_is_kept_with_its_version_and_the_audit_log_tells(
    conf: Caller, agent: Caller, desk: Desk, database: Database, office: Office
) -> None:
    made = keep(conf)
    assert (made["kind"], made["version"]) == ("expert", 1)
    assert conf.get("/queries").json["items"][0]["kind"] == "expert"
    assert conf.get(f"{EXPERTS}/clients").json["document"]["texts"]["source"] == "client c"
    assert conf.get("/queries/clients").status_code == 404
    assert conf.send("PATCH", "/queries/clients", {"roles": []}, version=1).status_code == 404
    body = {"document": a_document(where="c.vip")}
    assert conf.send("PATCH", f"{EXPERTS}/clients", body, version=7).status_code == 412
    assert conf.send("PATCH", f"{EXPERTS}/clients", body, version=1).json["version"] == 2
    assert agent.post(EXPERTS, {"key": "x"}).status_code == 403
    assert conf.send("DELETE", "/queries/clients", version=2).status_code == 204
    with database.begin(office.scope()) as session:
        query = select(AuditEntry.action).where(AuditEntry.action.startswith("query."))
        told = [*session.scalars(query.order_by(AuditEntry.id))]
    assert told == ["query.create", "query.change", "query.delete"]


def test_what_has_a_problem_or_a_role_cannot_see_is_not_kept(conf: Caller, desk: Desk) -> None:
    body = {"key": "wrong", "name": label("x"), "roles": ["agent"]}
    answer = conf.post(EXPERTS, {**body, "document": a_document(where="pg_sleep(1) is null")})
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "bad-query-text")
    assert answer.json["error"]["details"]["problems"][0]["key"] == "expert.unknown_function"
    hidden = {**body, "document": a_document(where="c.secret = 'x'")}
    answer = conf.post(EXPERTS, hidden)
    (problem,) = answer.json["error"]["details"]["problems"]
    assert (problem["key"], problem["part"]) == ("expert.kept_from_role", "where")
    assert conf.post(EXPERTS, {**hidden, "roles": ["leader"]}).status_code == 201


def test_it_is_used_as_any_other_query(
    conf: Caller, agent: Caller, colleague: Caller, inspector: Caller, stranger: Caller, desk: Desk
) -> None:
    asked = [{"key": "old", "label": label("年龄"), "type": "integer", "default": ["35"]}]
    document = {**a_document(where="true [[ and c.age >= :old ]]"), "parameters": asked}
    keep(conf, document=document)
    ready = agent.get("/queries/clients/ready").json
    assert [each["key"] for each in ready["parameters"]] == ["old"]
    run = "/queries/clients/run"
    first = agent.post(run, {}).json
    assert [row["values"]["name"] for row in first["rows"]] == ["Bob", "cleo"]
    every = agent.post(run, {"parameters": {"old": []}, "sort": "-name", "page_size": 5}).json
    assert (len(every["rows"]), every["total"]) == (
        5,
        {"count": 6, "exact": True, "estimate": None},
    )
    assert every["rows"][0]["values"]["name"] == "fay"
    assert colleague.post(run, {}).json["rows"] == []
    assert inspector.post(run, {}).status_code == 404
    assert stranger.post(run, {}).status_code == 404


def test_all_rows_come_from_a_cursor_and_names_are_looked_up_beside_it(
    desk: Desk, office: Office
) -> None:
    scope = Scope.of(office.people["admin"])
    query = ExpertQuery(Parts("name, created_by", "client", order="name"))
    with desk.database.begin(scope) as session:
        ready = desk.runs.ready(session, query, Wanted({}, act="export"))
        batches = [*desk.runs.rows(session, ready, 4)]
    assert [len(batch) for batch in batches] == [4, 2]
    assert batches[0][0].texts["created_by"] == office.people["agent"].name
