"""Types whose values are not one cell: lines, files, and what the product keeps of every record."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

import pytest

from callcenter.objects.errors import BadValue
from callcenter.objects.queries import table_of
from callcenter.objects.rules import ANYWHERE
from callcenter.objects.schemas import Definition
from callcenter.objects.schemas.definition import contradictions, stored_definition
from callcenter.objects.service.converting import convert
from callcenter.objects.service.details import misfit
from callcenter.objects.service.rows import columns, stored
from callcenter.objects.types import TYPES
from callcenter.objects.types.base import Field

LABEL = {"zh-CN": "字段", "en": "Field"}
LINES = {"object": "part", "by": "repair", "columns": ["name"]}
BY = {
    "key": "repair", "type": "reference", "indexed": True,
    "settings": {"reference": {"object": "repair"}},
}  # fmt: skip
KINDS = {
    "details": {"details": LINES}, "file": {}, "image": {},
    "created_at": {}, "created_by": {}, "updated_at": {}, "updated_by": {},
}  # fmt: skip


def field(kind: str, **settings: Any) -> Field:
    return Field(key="x", type=kind, label=LABEL, group="main", settings=settings)


def definition(
    kind: str, *, key_field: str = "name", listed: bool = False, **more: Any
) -> Definition:
    settings = {"settings": KINDS[kind]} if KINDS[kind] else {}
    fields = [
        {"key": "name", "type": "text", "label": LABEL},
        {"key": "x", "type": kind, "label": LABEL, **settings, **more},
    ]
    return stored_definition({
        "identifier": "repair", "kind": "base", "name": LABEL, "key_field": key_field,
        "title_field": "name", "groups": [{"key": "main", "label": LABEL, "fields": fields}],
        "list": {"columns": ["x"] if listed else [], "sort": "-created_at"}, "permissions": {},
    }, 1)  # fmt: skip


def paths(of: Definition) -> set[str]:
    return {problem.path for problem in contradictions(of)}


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_nobodys_key_and_never_unique_indexed_or_searched(kind: str) -> None:
    assert paths(definition(kind)) == set()
    assert paths(definition(kind, key_field="x")) == {"key_field"}
    for flag in ("unique", "indexed", "searched"):
        assert paths(definition(kind, **{flag: True})) == {f"x.{flag}"}


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_somebody_enters_can_be_demanded(kind: str) -> None:
    assert paths(definition(kind, required=True)) == (
        set() if TYPES[kind].entered else {"x.required"}
    )


@pytest.mark.parametrize("kind", KINDS)
def test_all_but_lines_are_columns_of_a_list(kind: str) -> None:
    assert paths(definition(kind, listed=True)) == (
        {"list.columns.x"} if kind == "details" else set()
    )


@pytest.mark.parametrize("kind", ["details", "created_at", "updated_by"])
def test_a_records_row_and_log_have_nothing_of_what_lies_elsewhere(kind: str) -> None:
    one = definition(kind)
    assert "f_x" not in table_of(one, "e100001").c
    assert columns(one, {"name": "泵", "x": [{"id": "1"}]})["extra"] == {}
    assert stored(one, {"name": "泵", "x": [{"id": "1"}]}) == {"name": "泵"}


@pytest.mark.parametrize(
    "given",
    [
        "x", {}, ["x"], [{}], [{"values": []}], [{"id": "x", "version": 1, "values": {}}],
        [{"id": str(uuid4()), "values": {}}], [{"id": str(uuid4()), "version": True, "values": {}}],
        [{"id": str(UUID(int=1)), "version": 1, "values": {}}] * 2,
    ],
)  # fmt: skip
def test_what_are_no_lines_is_refused(given: Any) -> None:
    with pytest.raises(BadValue):
        TYPES["details"].read(field("details", details=LINES), given, ANYWHERE)


def test_there_are_no_more_lines_than_may_be() -> None:
    lines = [{"values": {"name": "x"}}] * 3
    kind = TYPES["details"]
    assert len(kind.read(field("details", details={**LINES, "most": 3}), lines, ANYWHERE)) == 3
    with pytest.raises(BadValue):
        kind.read(field("details", details={**LINES, "most": 2}), lines, ANYWHERE)


def lines_of(*fields: Mapping[str, Any], **links: str) -> Definition:
    """An object with these fields, to be lines of another."""
    whole = [{"label": LABEL, **each} for each in fields]
    return stored_definition({
        "identifier": "part", "kind": "base", "name": LABEL, "key_field": "name",
        "title_field": "name", "groups": [{"key": "main", "label": LABEL, "fields": whole}],
        "list": {"columns": [], "sort": "-created_at"}, "permissions": {}, "links": links,
    }, 1)  # fmt: skip


def test_records_can_be_lines_of_what_they_refer_to_alone() -> None:
    kinds = {"name": "text", "place": "integer", "amount": "money"}
    given = [{"key": key, "type": kind} for key, kind in kinds.items()]
    parts = {"key": "parts", "type": "details", "settings": {"details": LINES}}
    target = lines_of(BY, *given, parts)
    assert misfit(LINES, target, "repair") is None
    assert misfit({**LINES, "order": "place", "sum": "amount"}, target, "repair") is None
    for wrong in (
        {**LINES, "by": "name"}, {**LINES, "columns": ["gone"]}, {**LINES, "columns": ["parts"]},
        {**LINES, "order": "name"}, {**LINES, "sum": "name"}, {},
    ):  # fmt: skip
        assert misfit(wrong, target, "repair") == "validation.bad_details"
    assert misfit(LINES, target, "customer") == "validation.bad_details"


def test_records_that_cannot_be_looked_up_by_what_they_belong_to_are_no_lines_of_it() -> None:
    fields = {**BY, "indexed": False}, {"key": "name", "type": "text"}
    assert misfit(LINES, lines_of(*fields), "repair") == "validation.details_not_found"
    assert misfit(LINES, lines_of(*fields, customer="repair"), "repair") is None


def test_a_field_takes_only_files_that_are_there_for_it() -> None:
    kind = TYPES["file"]
    with pytest.raises(BadValue):
        kind.read(field("file"), [str(uuid4())], ANYWHERE)
    assert kind.read(field("file"), [], ANYWHERE) is None
    with pytest.raises(BadValue):
        kind.read(field("file", most=1), [str(uuid4()), str(uuid4())], ANYWHERE)


@pytest.mark.parametrize(
    ("old", "held", "new", "converted"),
    [
        ("text", "1 < 2", "rich_text", "<p>1 &lt; 2</p>"),
        ("long_text", "甲\n乙", "rich_text", "<p>甲</p><p>乙</p>"),
        ("rich_text", "<h2>甲</h2><p>乙</p>", "long_text", "甲\n乙"),
        ("rich_text", "<p>12</p>", "integer", 12),
        ("text", "浙江省杭州市西湖区", "region", "330106"),
        ("integer", 330106, "region", "330106"),
        ("region", "330106", "text", "浙江省 / 杭州市 / 西湖区"),
    ],
)
def test_rich_text_and_regions_are_converted(old: str, held: Any, new: str, converted: Any) -> None:
    assert convert(field(old), field(new), held, ANYWHERE) == converted


@pytest.mark.parametrize(
    ("old", "held", "new"),
    [("text", "杭州", "region"), ("rich_text", "<p>甲</p><p>乙</p>", "text")],
)
def test_what_cannot_be_said_is_not_guessed(old: str, held: Any, new: str) -> None:
    with pytest.raises(BadValue):
        convert(field(old), field(new), held, ANYWHERE)
