"""Shaping objects over HTTP: drafts, what a publication does to records, versions, who may."""

from typing import Any

import pytest

from callcenter.objects.tasks import Publisher
from tests.integration.objects.shaping import (
    PUMPS,
    RECORDS,
    Shaping,
    a_field,
    a_pump,
    label,
    seen,
)
from tests.support.office import Caller, Door, Office

pytestmark = pytest.mark.integration


@pytest.fixture
def other_conf(door: Door, other: Office) -> Caller:
    return door.open(other.people["conf"])


# -- drafts ----------------------------------------------------------------------------------------


def test_an_object_is_in_force_only_when_it_was_published(pumps: Shaping, admin: Caller) -> None:
    assert (pumps.answer["number"], pumps.answer["draft"], pumps.answer["problems"]) == (
        0,
        True,
        [],
    )
    assert admin.get("/objects/pump").status_code == 404
    assert pumps.publish(note="第一版").status_code == 200
    assert (pumps.answer["number"], pumps.answer["draft"]) == (1, False)
    assert admin.get("/objects/pump").json["name"] == label("水泵", "Pump")
    assert a_pump(admin)["key"] == "000001"


def test_who_may_not_read_an_object_is_not_told_of_it(pumps: Shaping, agent: Caller) -> None:
    document = pumps.document
    document["permissions"] = {"read": {"admin": "all"}, "create": {"admin": "all"}}
    pumps.save(document)
    assert pumps.publish().status_code == 200
    assert "pump" not in {each["identifier"] for each in agent.get("/objects").json}
    assert "pump" in {each["identifier"] for each in pumps.conf.get("/objects").json}
    assert agent.get(RECORDS).status_code == 403


def test_a_draft_is_kept_whatever_contradictions_it_has(pumps: Shaping) -> None:
    document = pumps.document
    document["title_field"] = "nothing"
    answer = pumps.save(document)
    assert answer["document"] == document
    assert [problem["path"] for problem in answer["problems"]] == ["title_field"]
    document["groups"][0]["fields"].append({"key": "Größe"})
    paths = {problem["path"] for problem in pumps.save(document)["problems"]}
    assert "groups.0.fields.2.key" in paths
    refused = pumps.publish()
    assert refused.status_code == 422
    assert refused.json["error"]["code"] == "bad-definition"


@pytest.mark.parametrize(
    "junk", [{}, {"groups": 5}, {"groups": [None]}, {"groups": [{"fields": "x"}]}]
)
def test_junk_is_a_draft_with_problems(pumps: Shaping, junk: dict[str, Any]) -> None:
    answer = pumps.save(junk)
    assert answer["problems"]
    assert (answer["document"]["identifier"], answer["kind"]) == ("pump", "base")
    assert pumps.conf.get("/design/objects").status_code == 200


@pytest.mark.parametrize("most", [10**30, -(10**30), 1e300])
def test_a_number_beyond_all_measure_is_a_draft_too(pumps: Shaping, most: float) -> None:
    answer = pumps.fields(a_field("size", "integer", settings={"max": most}))
    assert answer["document"]["groups"][0]["fields"][2]["settings"] == {"max": most}


def test_who_saves_over_somebody_else_is_refused(pumps: Shaping) -> None:
    stale = pumps.version
    pumps.fields(a_field("size"))
    answer = pumps.conf.send("PUT", f"{PUMPS}/draft", {"document": {}}, version=stale)
    assert answer.status_code == 412
    assert pumps.conf.get(PUMPS).json["document"] == pumps.document


def test_a_draft_can_be_given_up(pumps: Shaping) -> None:
    pumps.published(a_field("size"))
    pumps.fields()
    assert [change["what"] for change in pumps.answer["changes"]] == ["field.removed"]
    answer = pumps.conf.send("DELETE", f"{PUMPS}/draft", version=pumps.version)
    assert answer.json["draft"] is False
    assert [f["key"] for f in answer.json["document"]["groups"][0]["fields"]][-1] == "size"


def test_only_what_was_never_in_force_is_deleted(pumps: Shaping) -> None:
    pumps.publish()
    refused = pumps.conf.send("DELETE", PUMPS, version=pumps.version)
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "in-use")


def test_a_new_object_can_be_deleted_again(pumps: Shaping) -> None:
    assert pumps.conf.send("DELETE", PUMPS, version=pumps.version).status_code == 204
    assert pumps.conf.get(PUMPS).status_code == 404


def test_an_identifier_is_given_once(pumps: Shaping) -> None:
    again = {"identifier": "pump", "kind": "base", "name": label("泵")}
    assert "identifier" in pumps.conf.post("/design/objects", again).json["error"]["fields"]


def test_a_draft_says_no_place_of_its_values(pumps: Shaping, admin: Caller) -> None:
    """Or a field would show what lies in another's column."""
    pumps.published(a_field("peek", storage="name", column=True))
    assert "storage" not in pumps.document["groups"][0]["fields"][2]
    assert seen(admin, a_pump(admin), "peek") is None


@pytest.mark.parametrize("who", ["agent", "leader", "inspector", "admin"])
def test_only_the_configuration_administrator_shapes(
    pumps: Shaping, who: str, request: Any
) -> None:
    caller: Caller = request.getfixturevalue(who)
    answers = [
        caller.get("/design/objects"), caller.get(PUMPS), caller.post(f"{PUMPS}/check", {}),
        caller.send("PUT", f"{PUMPS}/draft", {"document": {}}, version=pumps.version),
        caller.post(f"{PUMPS}/publish", {}, version=pumps.version),
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {403}


def test_another_enterprise_does_not_see_it(pumps: Shaping, other_conf: Caller) -> None:
    assert other_conf.get(PUMPS).status_code == 404
    assert "pump" not in {each["identifier"] for each in other_conf.get("/design/objects").json}


# -- what a publication does to records ------------------------------------------------------------


def test_a_field_is_hidden_with_its_values_and_comes_back_with_them(
    pumps: Shaping, admin: Caller
) -> None:
    pumps.published(a_field("size"), a_field("maker", indexed=True))
    record = a_pump(admin, size="DN50", maker="格兰富")
    pumps.published()
    assert set(admin.get(f"{RECORDS}/{record['id']}").json["values"]) == {"number", "name"}
    changed = admin.send(
        "PATCH", f"{RECORDS}/{record['id']}", {"values": {"name": "新泵"}}, version=1
    )
    assert changed.status_code == 200
    draft = pumps.fields(a_field("size"), a_field("maker", indexed=True))
    assert {c["subject"]: c["effects"] for c in draft["changes"]} == {
        "size": ["restore"], "maker": ["restore"]
    }  # fmt: skip
    assert pumps.publish().status_code == 200
    assert (seen(admin, record, "size"), seen(admin, record, "maker")) == ("DN50", "格兰富")


def test_a_field_that_becomes_searched_finds_former_records(pumps: Shaping, admin: Caller) -> None:
    pumps.published(a_field("maker"))
    record = a_pump(admin, maker="格兰富")
    assert admin.get(RECORDS, q="格兰富").json["total"] == 0
    pumps.published(a_field("maker", searched=True))
    assert admin.get(RECORDS, q="gelanfu").json["total"] == 1
    assert seen(admin, record, "maker") == "格兰富"
    assert admin.get(RECORDS, **{"f.maker": "格兰富"}).json["total"] == 1
    pumps.published(a_field("maker"))
    assert seen(admin, record, "maker") == "格兰富"


def test_another_type_takes_what_converts_and_asks_about_the_rest(
    pumps: Shaping, admin: Caller
) -> None:
    pumps.published(a_field("power"))
    fits, fails = a_pump(admin, power="12"), a_pump(admin, name="大泵", power="ganz viel")
    pumps.fields(a_field("power", "integer"))
    (loss,) = pumps.conf.post(f"{PUMPS}/check", {}).json["losses"]
    assert (loss["what"], loss["field"], loss["records"]) == ("not_convertible", "power", 1)
    (sample,) = loss["samples"]
    assert (sample["record_id"], sample["title"], sample["value"]) == (
        fails["id"], "大泵", "ganz viel"
    )  # fmt: skip
    refused = pumps.publish()
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "values-lost")
    assert refused.json["error"]["details"]["losses"][0]["records"] == 1
    assert seen(admin, fails, "power") == "ganz viel"
    assert pumps.publish(accept_losses=True).status_code == 200
    assert (seen(admin, fits, "power"), seen(admin, fails, "power")) == (12, None)


def test_rolling_a_type_back_finds_what_did_not_convert(pumps: Shaping, admin: Caller) -> None:
    pumps.published(a_field("power"))
    record = a_pump(admin, power="ganz viel")
    pumps.published(a_field("power", "integer"), accept_losses=True)
    restored = pumps.conf.post(f"{PUMPS}/versions/1/restore", version=pumps.version)
    assert restored.status_code == 200, restored.json
    pumps.answer = restored.json
    assert pumps.publish(note="zurück").status_code == 200
    assert seen(admin, record, "power") == "ganz viel"


def test_a_field_whose_values_repeat_does_not_become_unique(pumps: Shaping, admin: Caller) -> None:
    pumps.published(a_field("code"))
    for code in ("A1", "A1", "B2"):
        a_pump(admin, code=code)
    pumps.fields(a_field("code", unique=True))
    refused = pumps.publish(accept_losses=True)
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "not-unique")
    (loss,) = refused.json["error"]["details"]["losses"]
    assert [sample["value"] for sample in loss["samples"]] == ["A1"]
    assert pumps.conf.post(f"{PUMPS}/check", {}).json["losses"] == [loss]
    assert a_pump(admin, code="A1")["values"]["code"] == "A1"


def test_a_repeated_number_is_told_masked(pumps: Shaping, admin: Caller) -> None:
    pumps.published(a_field("phone", "phone"))
    for _ in range(2):
        a_pump(admin, phone="13800006207")
    pumps.fields(a_field("phone", "phone", unique=True))
    (loss,) = pumps.conf.post(f"{PUMPS}/check", {}).json["losses"]
    assert [sample["value"] for sample in loss["samples"]] == ["138 **** 6207"]


def test_what_became_unique_is(pumps: Shaping, admin: Caller) -> None:
    pumps.published(a_field("code"))
    a_pump(admin, code="A1")
    pumps.published(a_field("code", unique=True))
    refused = admin.post(RECORDS, {"values": {"name": "泵", "code": "A1"}})
    assert "code" in refused.json["error"]["fields"]
    pumps.published(a_field("code"))
    assert a_pump(admin, code="A1")["values"]["code"] == "A1"


def test_a_masked_number_never_becomes_a_text_that_everybody_reads(
    pumps: Shaping, admin: Caller
) -> None:
    pumps.published(a_field("card", "identity"))
    problems = pumps.fields(a_field("card", "text"))["problems"]
    assert [problem["path"] for problem in problems] == ["card"]
    assert pumps.publish(accept_losses=True).status_code == 422


def test_long_identifiers_have_indexes_of_their_own(pumps: Shaping, admin: Caller) -> None:
    """PostgreSQL cuts names off at 63 bytes."""
    keys = ["a" * 39 + digit for digit in "bc"]
    pumps.published(*[a_field(key, unique=True) for key in keys])
    values = dict.fromkeys(keys, "x")
    a_pump(admin, **values)
    refused = admin.post(RECORDS, {"values": {"name": "泵", keys[1]: "x"}})
    assert set(refused.json["error"]["fields"]) == {keys[1]}


# -- failures and versions -------------------------------------------------------------------------


def test_a_publication_that_broke_off_is_begun_anew(
    pumps: Shaping, admin: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    pumps.published(a_field("power"))
    record = a_pump(admin, power="12")

    def crash(*_: Any) -> None:
        raise ConnectionError("the process died here")

    pumps.fields(a_field("power", "date"), a_field("maker", "date", indexed=True))
    with monkeypatch.context() as patched:
        patched.setattr(Publisher, "index", crash)
        assert pumps.publish(accept_losses=True).status_code == 500
    assert seen(admin, record, "power") == "12"
    assert a_pump(admin, power="13")["values"]["power"] == "13"
    pumps.published(a_field("power", "integer"), a_field("maker", "integer", indexed=True))
    assert seen(admin, record, "power") == 12
    assert a_pump(admin, maker=7)["values"]["maker"] == 7


def test_what_is_changed_during_a_publication_is_not_lost(
    pumps: Shaping, admin: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    pumps.published(a_field("power"))
    record = a_pump(admin, power="12")
    index = Publisher.index

    def meanwhile(self: Publisher, *given: Any) -> None:
        admin.send("PATCH", f"{RECORDS}/{record['id']}", {"values": {"power": "99"}}, version=1)
        a_pump(admin, name="neu", power="7")
        index(self, *given)

    with monkeypatch.context() as patched:
        patched.setattr(Publisher, "index", meanwhile)
        pumps.published(a_field("power", "integer", indexed=True))
    assert seen(admin, record, "power") == 99
    assert admin.get(RECORDS, **{"f.power": "7"}).json["total"] == 1


@pytest.mark.parametrize("was", [True, False], ids=["unique before", "unique by the draft"])
def test_a_publication_that_came_to_nothing_leaves_the_rules_in_force(
    pumps: Shaping, admin: Caller, monkeypatch: pytest.MonkeyPatch, *, was: bool
) -> None:
    pumps.published(a_field("code", indexed=True, unique=was))
    a_pump(admin, code="A1")
    pumps.fields(a_field("code", indexed=True, unique=not was))
    index, stale = Publisher.index, pumps.version

    def meanwhile(self: Publisher, *given: Any) -> None:
        index(self, *given)
        pumps.fields()

    with monkeypatch.context() as patched:
        patched.setattr(Publisher, "index", meanwhile)
        answer = pumps.conf.post(f"{PUMPS}/publish", {}, version=stale)
    assert answer.status_code == 412
    again = admin.post(RECORDS, {"values": {"name": "泵", "code": "A1"}})
    assert again.status_code == (422 if was else 201)


def test_two_do_not_publish_at_once(pumps: Shaping, monkeypatch: pytest.MonkeyPatch) -> None:
    pumps.published()
    pumps.fields(a_field("power", "integer", indexed=True))
    index, second = Publisher.index, []

    def meanwhile(self: Publisher, *given: Any) -> None:
        second.append(pumps.conf.post(f"{PUMPS}/publish", {}, version=pumps.version))
        index(self, *given)

    with monkeypatch.context() as patched:
        patched.setattr(Publisher, "index", meanwhile)
        assert pumps.publish().status_code == 200
    assert [answer.json["error"]["code"] for answer in second] == ["being-published"]


def test_versions_tell_what_they_changed_and_what_for(pumps: Shaping) -> None:
    pumps.publish(note="第一版")
    pumps.published(a_field("size"), note="加尺寸")
    page = pumps.conf.get(f"{PUMPS}/versions").json
    assert (page["total"], [each["number"] for each in page["items"]]) == (2, [2, 1])
    newest = page["items"][0]
    assert (newest["note"], newest["published_by"]["name"]) == (
        "加尺寸",
        pumps.answer["changed_by"]["name"],
    )
    assert [(change["what"], change["subject"]) for change in newest["changes"]] == [
        ("field.added", "size")
    ]
    whole = pumps.conf.get(f"{PUMPS}/versions/1").json
    assert [f["key"] for f in whole["document"]["groups"][0]["fields"]] == ["number", "name"]
    assert pumps.conf.get(f"{PUMPS}/versions/7").status_code == 404


@pytest.mark.parametrize("kind", ["base", "customer", "work_order"])
@pytest.mark.usefixtures("swept")
def test_each_kind_begins_with_what_can_be_published(conf: Caller, kind: str) -> None:
    new = {"identifier": "pump", "kind": kind, "name": label("泵")}
    made = conf.post("/design/objects", new)
    assert made.json["problems"] == []
    answer = conf.post(f"{PUMPS}/publish", {}, version=made.json["version"])
    assert answer.status_code == 200, answer.json


def test_types_are_told_with_their_settings(conf: Caller) -> None:
    types = {each["key"]: each for each in conf.get("/design/types").json}
    assert types["text"]["settings"] == [
        "begin",
        "check",
        "check_message",
        "copied",
        "default",
        "help",
        "max_length",
        "pattern",
        "pattern_message",
    ]
    assert (types["phone"]["masked"], types["text"]["masked"]) == (True, False)
    assert (types["phone"]["kind"], types["money"]["kind"]) == (None, "number")
    assert types["phone"]["operators"] == ["empty", "filled"]
    assert [key for key, each in types.items() if not each["entered"]] == [
        "created_at", "created_by", "formula", "serial", "updated_at", "updated_by",
    ]  # fmt: skip
