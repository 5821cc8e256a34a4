"""What a role does not see of a field does not reach it on any path, and is not written by it."""

from typing import Any

import pytest
from sqlalchemy import select

from callcenter.core.audit import AuditEntry
from callcenter.core.db import Database
from tests.integration.objects.firm import CLIENTS, JOBS, Firm, clients, jobs, make
from tests.integration.objects.shaping import RECORDS, Shaping, a_field, a_pump
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration

ALL = dict.fromkeys(("agent", "leader", "admin", "conf"), "all")
OPEN = {**dict.fromkeys(("create", "read", "edit"), ALL), "delete": {"admin": "all"}}
PHONE = "13800006207"
FIELDS = [
    a_field("salary", "integer", indexed=True, in_list=True, rights={"agent": "mask"}),
    a_field("maker", searched=True, rights={"agent": "mask"}),
    a_field("secret", searched=True, rights={"agent": "hide", "conf": "hide"}),
    a_field("grade", indexed=True, rights={"agent": "read"}),
    a_field("second", "phone", rights={"agent": "hide", "leader": "mask"}),
    a_field("state", settings={"default": "new"}, rights={"agent": "hide"}),
    a_field("level", settings={"default": "normal"}, rights={"agent": "read"}),
    a_field("checked", required=True, rights={"agent": "read"}),
]
VALUES = {
    "salary": 4711, "maker": "格兰富", "secret": "机密档案", "grade": "A", "second": PHONE,
    "checked": "yes",
}  # fmt: skip
LISTING = {"columns": ["name", "salary", "secret"], "sort": "-salary"}


@pytest.fixture
def client(firm: Firm, admin: Caller) -> str:
    """The path of a client with every value."""
    firm.keeps(clients(*FIELDS, list=LISTING, permissions=OPEN))
    return f"{CLIENTS}/{make(admin, CLIENTS, '王秀兰', **VALUES)}"


def message(answer: Any, field: str) -> Any:
    assert answer.status_code == 422, answer.json
    return answer.json["error"]["fields"][field]


# -- what is seen ----------------------------------------------------------------------------------


def test_a_definition_is_told_as_the_role_sees_it(client: str, agent: Caller) -> None:
    definition = agent.get("/objects/client").json
    fields = {field["key"]: field for field in definition["fields"]}
    assert {"secret", "second", "state"} & fields.keys() == set()
    assert {key: fields[key]["access"] for key in ("name", "salary", "grade")} == {
        "name": "write",
        "salary": "mask",
        "grade": "read",
    }
    for able in ("filterable", "sortable", "in_search"):
        assert fields["salary"][able] is False
    assert definition["groups"][0]["fields"] == [*fields]
    assert definition["list"] == {"columns": ["name", "salary"], "sort": "-created_at"}
    assert "secret" not in agent.get("/objects/client").get_data(as_text=True)


def test_nothing_that_is_kept_from_a_role_is_in_what_it_is_sent(
    client: str, agent: Caller, admin: Caller
) -> None:
    change = {"values": {"salary": 4712, "secret": "绝密档案", "maker": "威乐"}}
    assert admin.send("PATCH", client, change, version=1).status_code == 200
    paths = ("", "/log")
    answers = [*(agent.get(client + path) for path in paths), agent.get(CLIENTS)]
    answers.append(agent.get(CLIENTS, fields="salary,grade,maker,second"))
    answers.append(agent.send("PATCH", client, {"values": {"name": "王秀梅"}}, version=2))
    for answer in answers:
        assert answer.status_code == 200
        text = answer.get_data(as_text=True)
        for kept in ("4711", "4712", "机密", "绝密", "格兰", "威乐", "6207", "secret", "second"):
            assert kept not in text, (kept, answer.request.path)
    shown = answers[0].json
    assert (shown["values"]["salary"], shown["values"]["maker"]) == ("***", "威**")
    assert set(shown["masked"]) == {"salary", "maker"}
    assert "second" not in shown["values"]


def test_the_log_leaves_out_what_is_hidden_and_what_was_changed_of_nothing_else(
    client: str, agent: Caller, admin: Caller
) -> None:
    for version, values in enumerate(({"secret": "绝密"}, {"salary": 1, "secret": "x"}), 1):
        admin.send("PATCH", client, {"values": values}, version=version)
    told = [
        {each["field"]: each["after"] for each in entry["changes"]}
        for entry in agent.get(f"{client}/log").json["items"]
    ]
    assert [set(entry) for entry in told[:-1]] == [{"salary"}]
    assert told[0]["salary"] == "***"
    assert admin.get(f"{client}/log").json["total"] == 3


def test_of_right_and_privilege_the_stricter_holds(client: str, leader: Caller) -> None:
    """The leader sees numbers whole, but not this one."""
    assert leader.get(client).json["values"]["second"] == "138 **** 6207"
    assert leader.get(CLIENTS, q=PHONE).json["total"] == 0


def test_a_masked_name_is_masked_wherever_it_stands(
    firm: Firm, agent: Caller, admin: Caller
) -> None:
    document = clients(permissions=OPEN)
    document["groups"][0]["fields"][0]["rights"] = {"agent": "mask"}
    firm.keeps(document, jobs(permissions=OPEN))
    record = make(admin, CLIENTS, "王秀兰", phone=PHONE)
    job = make(admin, JOBS, "leak", customer=record)
    assert agent.get(f"{CLIENTS}/{record}").json["title"] == "王**"
    assert agent.get(f"{JOBS}/{job}").json["display"]["customer"] == "王**"
    assert agent.get(CLIENTS, q="秀兰").json["total"] == 0
    assert agent.get(CLIENTS, **{"f.name": "王秀兰"}).status_code == 422
    assert admin.get(CLIENTS, q="wxl").json["total"] == 1


# -- ways around -----------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["salary", "maker", "secret", "second"])
@pytest.mark.parametrize("bound", ["", ".from", ".to"])
def test_by_what_is_kept_from_a_role_it_does_not_filter(
    client: str, agent: Caller, key: str, bound: str
) -> None:
    """In the words for a field that does not exist: even a refusal tells nothing."""
    refused = agent.get(CLIENTS, **{f"f.{key}{bound}": "1"})
    unknown = agent.get(CLIENTS, **{f"f.nothing{bound}": "1"})
    told = message(refused, f"f.{key}{bound}")
    assert told == message(unknown, f"f.nothing{bound}")


@pytest.mark.parametrize("key", ["salary", "-salary", "secret"])
def test_by_what_is_kept_from_a_role_it_does_not_sort(client: str, agent: Caller, key: str) -> None:
    told = message(agent.get(CLIENTS, sort=key), "sort")
    assert told == message(agent.get(CLIENTS, sort="nothing"), "sort")


def test_the_usual_order_of_a_list_does_not_tell_it_either(
    client: str, agent: Caller, admin: Caller
) -> None:
    for name, salary in (("甲", 9000), ("乙", 100)):
        make(admin, CLIENTS, name, **{**VALUES, "salary": salary})
    order = [each["title"] for each in admin.get(CLIENTS).json["items"]]
    assert order == ["甲", "王秀兰", "乙"]
    assert [each["title"] for each in agent.get(CLIENTS).json["items"]] == ["乙", "甲", "王秀兰"]


@pytest.mark.parametrize("word", ["格兰", "gelanfu", "glf", "机密", "jimi", PHONE, "4711"])
def test_what_is_kept_from_a_role_it_does_not_find(client: str, agent: Caller, word: str) -> None:
    assert agent.get(CLIENTS, q=word).json["total"] == 0
    assert agent.get(CLIENTS, q=f"王秀兰 {word}").json["total"] == 0
    assert agent.get(CLIENTS, q="王秀兰").json["total"] == 1


@pytest.mark.parametrize("word", ["格兰", "gelanfu", "glf", "机密", "王秀兰 jm", PHONE])
def test_who_may_see_it_finds_it(client: str, admin: Caller, word: str) -> None:
    assert admin.get(CLIENTS, q=word).json["total"] == 1


@pytest.mark.parametrize("word", ["maker", "secret"])
def test_nobody_finds_records_by_the_names_of_fields(client: str, admin: Caller, word: str) -> None:
    assert admin.get(CLIENTS, q=word).json["total"] == 0


def test_what_a_publication_hides_is_not_found_any_more(
    pumps: Shaping, agent: Caller, admin: Caller
) -> None:
    pumps.published(a_field("maker", searched=True))
    a_pump(admin, maker="格兰富")
    assert agent.get(RECORDS, q="glf").json["total"] == 1
    pumps.published(a_field("maker", searched=True, rights={"agent": "hide"}))
    assert agent.get(RECORDS, q="glf").json["total"] == 0
    assert admin.get(RECORDS, q="glf").json["total"] == 1
    a_pump(admin, maker="格兰富")
    assert [who.get(RECORDS, q="glf").json["total"] for who in (agent, admin)] == [0, 2]


# -- what is written -------------------------------------------------------------------------------


def test_what_one_may_not_write_is_refused_by_name(client: str, agent: Caller) -> None:
    values = {"salary": 1, "grade": "B", "secret": "x", "nothing": "x"}
    answer = agent.send("PATCH", client, {"values": values}, version=1)
    assert message(answer, "salary") == message(answer, "grade") == ["您的角色不能修改此字段。"]
    assert message(answer, "secret") == message(answer, "nothing") == ["没有这个字段。"]
    new = agent.post(CLIENTS, {"values": {"name": "x", **values}})
    assert set(new.json["error"]["fields"]) == set(values)


def test_what_is_sent_back_as_it_was_shown_is_no_change(
    client: str, agent: Caller, admin: Caller
) -> None:
    shown = agent.get(client).json["values"]
    answer = agent.send("PATCH", client, {"values": {**shown, "name": "王秀梅"}}, version=1)
    assert answer.status_code == 200, answer.json
    kept = admin.get(client).json["values"]
    assert {key: kept[key] for key in VALUES} == VALUES
    assert kept["name"] == "王秀梅"


def test_defaults_are_filled_in_where_one_may_not_write(
    client: str, agent: Caller, admin: Caller
) -> None:
    """And nobody must fill in what he may not write."""
    made = make(agent, CLIENTS, "李强")
    values = admin.get(f"{CLIENTS}/{made}").json["values"]
    assert (values["state"], values["level"], values["checked"]) == ("new", "normal", None)
    for empty in (None, ""):
        named = agent.post(CLIENTS, {"values": {"name": "x", "state": empty, "nothing": empty}})
        assert message(named, "state") == message(named, "nothing")
    refused = admin.post(CLIENTS, {"values": {"name": "x"}})
    assert list(refused.json["error"]["fields"]) == ["checked"]


def test_a_value_that_is_taken_is_not_told_by_a_field_that_is_hidden(
    firm: Firm, agent: Caller, admin: Caller
) -> None:
    once = a_field("slot", unique=True, settings={"default": "1"}, rights={"agent": "hide"})
    firm.keeps(clients(once, permissions=OPEN))
    make(admin, CLIENTS, "first")
    answer = agent.post(CLIENTS, {"values": {"name": "second"}})
    assert (answer.status_code, answer.json["error"]["code"]) == (409, "conflict")
    assert "slot" not in answer.get_data(as_text=True)
    told = admin.post(CLIENTS, {"values": {"name": "second"}})
    assert list(told.json["error"]["fields"]) == ["slot"]


# -- rules that ask for what is kept ----------------------------------------------------------------


def asked(field: str, value: str) -> dict[str, Any]:
    return {"tests": [{"field": field, "operator": "eq", "value": value}]}


def test_rules_do_not_name_what_is_kept_from_a_role(
    firm: Firm, agent: Caller, admin: Caller
) -> None:
    """The server holds them all the same."""
    firm.keeps(
        clients(
            a_field("cost", "integer", rights={"agent": "hide"}),
            a_field(
                "twice", "formula", settings={"expression": "cost * 2"}, rights={"agent": "mask"}
            ),
            a_field("grade", rights={"agent": "mask"}),
            a_field(
                "reason", when={"visible": asked("grade", "C"), "required": asked("name", "x")}
            ),
            permissions=OPEN,
        )
    )
    fields = {each["key"]: each for each in agent.get("/objects/client").json["fields"]}
    assert fields["twice"]["formula"] is None
    assert set(fields["reason"]["when"]) == {"required"}
    assert "cost" not in agent.get("/objects/client").get_data(as_text=True)
    whole = {each["key"]: each for each in admin.get("/objects/client").json["fields"]}
    assert whole["twice"]["formula"]["tree"]
    assert set(whole["reason"]["when"]) == {"visible", "required"}
    path = f"{CLIENTS}/{make(admin, CLIENTS, '王秀兰', cost=4, grade='B')}"
    assert [who.get(path).json["values"]["twice"] for who in (agent, admin)] == ["***", "8.00"]
    refused = agent.send("PATCH", path, {"values": {"reason": "y"}}, version=1)
    assert message(refused, "reason") == ["按当前内容，此字段不在表单上。"]


def test_what_one_may_not_write_is_not_required_by_a_condition_either(
    firm: Firm, agent: Caller, admin: Caller
) -> None:
    kept = a_field("grade", rights={"agent": "read"}, when={"required": asked("name", "x")})
    firm.keeps(clients(kept, permissions=OPEN))
    assert agent.post(CLIENTS, {"values": {"name": "x"}}).status_code == 201
    refused = admin.post(CLIENTS, {"values": {"name": "x"}})
    assert list(refused.json["error"]["fields"]) == ["grade"]


def test_a_check_of_a_hidden_field_refuses_without_naming_it(
    firm: Firm, agent: Caller, admin: Caller
) -> None:
    most = a_field("most", "integer", rights={"agent": "hide"}, settings={"check": "least <= most"})
    firm.keeps(clients(a_field("least", "integer"), most, permissions=OPEN))
    path = f"{CLIENTS}/{make(admin, CLIENTS, 'x', least=1, most=5)}"
    refused = agent.send("PATCH", path, {"values": {"least": 9}}, version=1)
    assert list(refused.json["error"]["fields"]) == ["_"]
    assert "most" not in refused.get_data(as_text=True)


# -- who keeps watch, and who shapes ---------------------------------------------------------------


def test_the_audit_log_tells_nobody_what_is_kept_from_one_of_its_readers(
    client: str, admin: Caller, database: Database, office: Office
) -> None:
    change = {"values": {"secret": "绝密", "grade": "B"}}
    assert admin.send("PATCH", client, change, version=1).status_code == 200
    with database.begin(office.scope()) as session:
        query = select(AuditEntry).where(AuditEntry.action == "record.update")
        entry = session.scalars(query).one()
    assert (entry.before, entry.after) == ({"grade": "A"}, {"grade": "B"})


def test_who_shapes_sees_no_value_that_is_kept_from_him(pumps: Shaping, admin: Caller) -> None:
    pumps.published(a_field("size", rights={"conf": "mask"}))
    a_pump(admin, size="viel")
    pumps.fields(a_field("size", "integer", rights={"conf": "mask"}))
    check = pumps.conf.post("/design/objects/pump/check", {}).json
    assert [sample["value"] for sample in check["losses"][0]["samples"]] == ["v**"]


def test_a_draft_that_contradicts_itself_says_where(pumps: Shaping) -> None:
    document = pumps.document
    document["permissions"] = {
        "read": {"agent": "own"}, "edit": {"agent": "team"}, "create": {"agent": "own"},
    }  # fmt: skip
    document["groups"][0]["fields"][1]["rights"] = {"agent": "hide"}
    paths = {problem["path"] for problem in pumps.save(document)["problems"]}
    assert paths == {"permissions.edit.agent", "permissions.create.agent", "name.rights"}
    assert pumps.publish().status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        {"permissions": {"read": ["admin"]}},
        {"permissions": {"read": {"admin": "none"}}},
        {"permissions": {"read": {"nobody": "all"}}},
        {"permissions": {"fly": {"admin": "all"}}},
    ],
)
def test_what_is_no_reach_is_a_problem_of_the_draft(pumps: Shaping, change: dict[str, Any]) -> None:
    problems = pumps.save({**pumps.document, **change})["problems"]
    assert [problem["path"].split(".")[0] for problem in problems] == ["permissions"]
