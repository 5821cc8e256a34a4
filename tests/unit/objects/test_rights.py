"""How far a role reaches, what of a field it sees, and what of both contradicts itself."""

from importlib import import_module
from itertools import pairwise
from typing import Any

import pytest

from callcenter.objects.queries import restricted_parts, search_text
from callcenter.objects.schemas import Definition, document_of, load_definition, stored_definition
from callcenter.objects.schemas.definition import contradictions
from callcenter.objects.schemas.rights import Access, Reach, access, strictest
from callcenter.objects.service.rows import for_audit
from callcenter.objects.service.seeing import clear_to, is_masked, seen_by, shown, titled
from callcenter.objects.types.base import Field, Showing
from tests.unit.objects.test_versions import a_document, a_field, version

reach = import_module("callcenter.migrations.versions.0006_reach")
UNMASKED, MASKED = (Showing("en", unmasked, {}, {}, {}) for unmasked in (True, False))


def a_definition(*fields: dict[str, Any], **more: Any) -> Definition:
    return version(a_document(*fields, **more))


def wrong(definition: Definition) -> dict[str, str]:
    return {each.path: each.key for each in contradictions(definition)}


# -- reach -----------------------------------------------------------------------------------------


def test_a_role_that_is_not_named_reaches_nothing() -> None:
    definition = a_definition(permissions={"read": {"agent": "own", "admin": "all"}})
    assert [definition.reach("read", role) for role in ("agent", "admin", "leader")] == [
        Reach.OWN,
        Reach.ALL,
        Reach.NONE,
    ]
    assert definition.allows("read", "agent")
    assert not definition.allows("read", "leader")
    assert not definition.allows("edit", "admin")


def test_reaches_are_ordered_by_their_extent() -> None:
    extent = [Reach.NONE, Reach.OWN, Reach.TEAM, Reach.ALL]
    assert all(b.exceeds(a) and not a.exceeds(b) for a, b in pairwise(extent))
    assert not Reach.TEAM.exceeds(Reach.TEAM)


@pytest.mark.parametrize(
    ("permissions", "paths"),
    [
        ({"read": {"agent": "all"}, "edit": {"agent": "own"}}, set()),
        ({"read": {"agent": "own"}, "create": {"agent": "all"}}, set()),
        ({"read": {"agent": "own"}, "edit": {"agent": "team"}}, {"permissions.edit.agent"}),
        ({"read": {}, "delete": {"agent": "own"}}, {"permissions.delete.agent"}),
        ({"read": {"agent": "team"}, "export": {"agent": "all"}}, {"permissions.export.agent"}),
        ({"read": {}, "import": {"agent": "all"}}, {"permissions.import.agent"}),
        ({"read": {"agent": "all"}, "create": {"agent": "own"}}, {"permissions.create.agent"}),
    ],
)
def test_nothing_reaches_further_than_reading(permissions: dict[str, Any], paths: set[str]) -> None:
    assert set(wrong(a_definition(permissions=permissions))) == paths


@pytest.mark.parametrize(("part", "kind"), [("assignee", "text"), ("team", "user")])
def test_only_a_person_or_a_team_says_whose_a_record_is(part: str, kind: str) -> None:
    links = {part: "owner"}
    assert f"links.{part}" in wrong(a_definition(a_field("owner", kind), links=links))


# -- fields ----------------------------------------------------------------------------------------

KEPT = {"agent": "hide", "leader": "mask", "inspector": "read"}


def test_a_field_is_written_by_whoever_is_not_named() -> None:
    field = a_definition(a_field("salary", "integer", rights=KEPT)).by_key["salary"]
    assert [access(field, role) for role in (*KEPT, "admin", None)] == [
        Access.HIDE,
        Access.MASK,
        Access.READ,
        Access.WRITE,
        Access.WRITE,
    ]
    assert strictest(field, ["admin", "leader", "inspector"]) is Access.MASK


def test_a_hidden_field_is_nowhere_in_the_definition() -> None:
    definition = a_definition(
        a_field("salary", "integer", indexed=True, rights=KEPT),
        list={"columns": ["name", "salary", "created_at"], "sort": "-salary"},
        links={"level": "salary"},
    )
    seen = seen_by(definition, "agent")
    assert [field.key for field in seen.fields] == ["name"]
    assert (seen.columns, seen.sort, seen.links) == (("name", "created_at"), "-created_at", {})
    assert seen_by(definition, "leader").columns == definition.columns
    assert seen_by(definition, "leader").sort == "-created_at"
    assert seen_by(definition, None).sort == "-salary"


def test_a_masked_field_is_there_to_be_seen_and_for_nothing_else() -> None:
    definition = a_definition(a_field("salary", "integer", indexed=True, rights=KEPT))
    keys = {role: "salary" in clear_to(definition, role).by_key for role in (*KEPT, "admin")}
    assert keys == {"agent": False, "leader": False, "inspector": True, "admin": True}


@pytest.mark.parametrize(
    ("kind", "held", "seen"),
    [
        ("text", "张三丰", "张**"),
        ("text", "张", "***"),
        ("long_text", "两行\n字", "两**"),
        ("email", "zhang@example.cn", "z**"),
        ("phone", "e164:+8613800006207", "138 **** 6207"),
        ("identity", "11010519491231002X", "110*************2X"),
        ("integer", 42, "***"),
        ("boolean", True, "***"),
        ("choices", ["a"], "***"),
        ("url", "https://example.cn", "***"),
        ("text", None, None),
    ],
)
def test_a_mask_tells_no_more_than_it_says(kind: str, held: Any, seen: Any) -> None:
    field = Field("x", kind, {}, "main", rights={"agent": "mask"})
    assert shown(field, held, UNMASKED, "agent") == seen


def test_of_right_and_privilege_the_stricter_holds() -> None:
    phone = Field("x", "phone", {}, "main", rights={"leader": "mask"})
    held = "e164:+8613800006207"
    assert shown(phone, held, UNMASKED, "leader") == "138 **** 6207"
    assert shown(phone, held, UNMASKED, "admin") == "13800006207"
    assert shown(phone, held, MASKED, "admin") == "138 **** 6207"
    assert [is_masked(phone, UNMASKED, role) for role in ("leader", "admin")] == [True, False]


def test_a_name_is_told_as_its_reader_would_see_it() -> None:
    document = a_document()
    document["groups"][0]["fields"][0]["rights"] = {"agent": "mask", "inspector": "hide"}
    definition = version(document)
    roles = ("agent", "inspector", "admin")
    told = [titled(definition, "张三丰", UNMASKED, role) for role in roles]
    assert told == ["张**", "***", "张三丰"]
    assert titled(definition, None, UNMASKED, "agent") == ""


@pytest.mark.parametrize(
    ("rights", "told"),
    [({}, "张三丰"), ({"agent": "mask"}, "张**"), ({"inspector": "hide"}, "张**")],
)
def test_what_the_product_words_names_records_as_everybody_may_see_it(
    rights: dict[str, str], told: str
) -> None:
    document = a_document()
    document["groups"][0]["fields"][0]["rights"] = rights
    assert titled(version(document), "张三丰", UNMASKED, None) == told


@pytest.mark.parametrize(("right", "path"), [("hide", {"name.rights"}), ("mask", set())])
def test_what_names_records_is_not_hidden_from_who_reads_them(right: str, path: set[str]) -> None:
    document = a_document(permissions={"read": {"agent": "own"}})
    document["groups"][0]["fields"][0]["rights"] = {"agent": right, "leader": "hide"}
    assert set(wrong(version(document))) == path


def test_rights_survive_a_round() -> None:
    document = a_document(
        a_field("salary", "integer", rights=KEPT),
        permissions={"read": {"agent": "own", "leader": "team"}},
    )
    written = document_of(load_definition(document, 1))
    assert written["permissions"] == document["permissions"]
    assert written["groups"][0]["fields"][1]["rights"] == KEPT
    assert document_of(load_definition(written, 1)) == written


# -- what is searched, what is audited -------------------------------------------------------------


def test_what_some_role_does_not_see_has_a_part_of_its_own_in_the_search() -> None:
    definition = a_definition(
        a_field("maker", searched=True, rights={"agent": "hide"}),
        a_field("place", searched=True, rights={"agent": "read"}),
    )
    text = search_text(definition, {"name": "泵", "maker": "格兰富", "place": "Jinan"})
    assert text.split("\x1f") == ["泵 beng b jinan", "maker\x1e格兰富 gelanfu glf"]
    assert restricted_parts(definition) == ["maker"]


def test_the_audit_log_tells_what_all_of_its_readers_may_see() -> None:
    definition = a_definition(
        a_field("one", rights={"agent": "hide"}),
        a_field("two", "integer", rights={"conf": "mask"}),
        a_field("three", rights={"admin": "hide"}),
        a_field("four", "phone"),
    )
    values = {"one": "甲", "two": 5, "three": "丙", "four": "e164:+8613800006207"}
    assert for_audit(definition, values) == {"one": "甲", "two": "***", "four": "138 **** 6207"}


# -- what was granted before -----------------------------------------------------------------------


def test_what_was_granted_before_is_granted_for_all_records() -> None:
    document = {"permissions": {"read": ["admin", "agent"], "edit": []}, "identifier": "x"}
    assert reach.reached(document) == {
        "permissions": {"read": {"admin": "all", "agent": "all"}, "edit": {}},
        "identifier": "x",
    }
    assert reach.listed(reach.reached(document)) == document


@pytest.mark.parametrize(
    "junk", [{}, {"permissions": 5}, {"permissions": {"read": "admin"}}, {"groups": [None, {}]}]
)
def test_a_draft_of_any_form_is_carried_over_as_it_is(junk: dict[str, Any]) -> None:
    assert reach.reached(junk) == junk
    assert reach.listed(junk) == junk


def test_a_narrower_reach_is_not_widened_on_the_way_back() -> None:
    document = a_document(
        a_field("salary", "integer", rights=KEPT),
        permissions={"read": {"agent": "own", "admin": "all"}},
    )
    back = reach.listed(document)
    assert back["permissions"] == {"read": ["admin"]}
    assert "rights" not in back["groups"][0]["fields"][1]
    assert stored_definition(reach.reached(back), 1).reach("read", "agent") is Reach.NONE


@pytest.mark.parametrize(
    ("rights", "told"),
    [
        ({}, {"margin.rights": "validation.reveals"}),
        ({"agent": "read"}, {"margin.rights": "validation.reveals"}),
        ({"agent": "mask"}, {}),
        ({"agent": "hide"}, {}),
    ],
)
def test_a_formula_does_not_tell_what_a_field_keeps(
    rights: dict[str, str], told: dict[str, str]
) -> None:
    cost = {**a_field("cost", "decimal"), "rights": {"agent": "hide", "leader": "read"}}
    margin = a_field("margin", "formula", settings={"expression": "100 - cost"})
    assert wrong(a_definition(cost, {**margin, "rights": rights})) == told
