"""A row as text and back: every type's value as the database would give it."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.engine import result_tuple

from callcenter.objects.packing import pack, unpack
from callcenter.objects.queries import table_of, told_columns
from callcenter.objects.schemas.definition import stored_definition
from callcenter.objects.types import TYPES

LABEL = {"zh-CN": "字段", "en": "Field"}
AT = datetime(2026, 11, 24, 2, 3, 4, 567891, tzinfo=UTC)
ID = UUID("0193a1b2-0000-7000-8000-00000000002a")

SETTINGS = {
    "formula": {"expression": "a", "result": "number"}, "decimal": {"places": 4},
    "reference": {"reference": {"object": "thing"}},
}  # fmt: skip
VALUES: dict[str, Any] = {
    "Uuid": ID, "DateTime": AT, "Date": date(2026, 2, 27), "Time": time(9, 30),
    "Numeric": Decimal("37.5000"), "BigInteger": 2**53 + 1, "Integer": 7, "Boolean": True, "JSONB": ["a", "b"],
    "String": '水泵 "1"\n😀',
}  # fmt: skip

DEFINITION = stored_definition({
    "identifier": "thing", "kind": "base", "name": LABEL, "key_field": "text", "title_field": "text",
    "groups": [{"key": "main", "label": LABEL, "fields": [
        {"key": kind, "type": kind, "label": LABEL, "indexed": True, "column": True,
         "settings": SETTINGS.get(kind, {})}
        for kind in sorted(TYPES) if TYPES[kind].in_cell
    ]}],
    "list": {"columns": [], "sort": "-created_at"}, "permissions": {},
}, 1)  # fmt: skip
TABLE = table_of(DEFINITION, "e100001")


def a_row(**cells: Any) -> Any:
    names = [column.name for column in told_columns(TABLE)]
    return result_tuple(names)(cells.get(name) for name in names)


def test_every_types_value_comes_back_as_it_was() -> None:
    cells = {each.name: VALUES[type(each.type).__name__] for each in told_columns(TABLE)}
    back = unpack(TABLE, pack(a_row(**cells)).encode())
    assert back._mapping == cells
    assert [type(cell) for cell in back] == [type(cell) for cell in cells.values()]
    assert (back.id, back.created_at) == (ID, AT)


def test_what_is_empty_stays_empty() -> None:
    assert {*unpack(TABLE, pack(a_row()))} == {None}


@pytest.mark.parametrize("kept_apart", ["enterprise_id", "search_text"])
def test_what_no_answer_needs_is_not_in_it(kept_apart: str) -> None:
    assert kept_apart not in a_row()._mapping
