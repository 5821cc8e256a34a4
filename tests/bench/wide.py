"""An object with 500 fields and as many records as one likes, and what its references point at.

250 fields are text (among them its key, a phone and the name that is searched), 100 choices, 50
numbers, 50 days, 50 references; three in five are filled. Records are made in the form in which the
product writes them and brought in by COPY; then the product makes the indexes.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from callcenter.core.ids import new_id
from callcenter.core.numbers import parse_number
from callcenter.objects.queries import table_of
from callcenter.objects.schemas import Definition
from callcenter.objects.service.rows import columns

WIDE, TARGETS, TARGET_ROWS = "wide", ("area", "company", "product", "contract", "site"), 10_000
FILLED, OPTIONS, PROTOTYPES = 0.6, 10, 2_000
LISTED_FIELDS = ("number", "name", "phone", "choice_0", "number_0", "day_0", "ref_0", "ref_1")
START = datetime(2026, 1, 1, tzinfo=UTC)
_SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗高"
_GIVEN = "秀兰芳伟敏静丽强磊军洋艳勇娜杰娟涛明超霞平刚桂英文华建国志海"
_WORDS = ("热水器", "维修", "上门", "已预约", "配件", "保修期内", "漏水", "更换", "回访", "满意")
_GRANTED = ("create", "read", "edit", "delete", "export", "import")

Row = dict[str, Any]


def _label(text: str) -> dict[str, str]:
    return {"zh-CN": text, "en": text}


def _document(identifier: str, fields: Sequence[Row], listed: Sequence[str]) -> dict[str, Any]:
    return {
        "identifier": identifier, "kind": "base", "name": _label(identifier),
        "key_field": "number", "title_field": "name",
        "groups": [{"key": "main", "label": _label("main"), "fields": [*fields]}],
        "list": {"columns": [*listed], "sort": "-created_at"},
        "permissions": {act: {"admin": "all", "conf": "all"} for act in _GRANTED},
        "links": {},
    }  # fmt: skip


def _field(key: str, kind: str = "text", **more: Any) -> Row:
    return {"key": key, "type": kind, "label": _label(key), **more}


def _named() -> list[Row]:
    number = _field("number", "serial", settings={"rule": "{seq:8}"}, in_list=True)
    return [number, _field("name", required=True, searched=True, in_list=True)]


def target_document(identifier: str) -> dict[str, Any]:
    return _document(identifier, _named(), ["number", "name"])


def wide_document(last: str) -> dict[str, Any]:
    """last: the key of its 500th field, for whom adds one."""
    options = [{"value": f"o{n}", "label": _label(f"选项{n}")} for n in range(OPTIONS)]
    of_phone = _field("phone", "phone")
    texts = [_field(f"text_{n}") for n in range(246)]
    choices = [
        _field(f"choice_{n}", "choice", settings={"options": options}, **({"indexed": True} if n == 0 else {}))
        for n in range(100)
    ]  # fmt: skip
    numbers = [_field(f"number_{n}", "integer", **({"indexed": True} if n == 0 else {})) for n in range(50)]  # fmt: skip
    days = [_field(f"day_{n}", "date", **({"indexed": True} if n == 0 else {})) for n in range(50)]
    references = [
        _field(
            f"ref_{n}",
            "reference",
            settings={"reference": {"object": TARGETS[n % 5]}},
            **({"indexed": True} if n < len(TARGETS) else {}),
        )
        for n in range(50)
    ]
    fields = [*_named(), of_phone, *texts, _field(last), *choices, *numbers, *days, *references]
    return _document(WIDE, fields, [*LISTED_FIELDS, "created_at"])


def a_name(chance: random.Random) -> str:
    return chance.choice(_SURNAMES) + "".join(chance.choices(_GIVEN, k=2))


def a_phone(number: int) -> str:
    """Never the same twice."""
    return f"{13800000000 + number}"


def phone(number: int) -> str:
    """As it lies in the table."""
    return str(parse_number(a_phone(number), "021"))


def _prototype(definition: Definition, chance: random.Random) -> Row:
    """Values of a record, but for those that no two share."""
    held: Row = {}
    for field in definition.fields:
        if chance.random() >= FILLED:
            continue
        if field.type == "text":
            held[field.key] = f"{chance.choice(_WORDS)}{chance.randrange(1000)}"
        elif field.type == "choice":
            held[field.key] = f"o{chance.randrange(OPTIONS)}"
        elif field.type == "integer":
            held[field.key] = chance.randrange(100_000)
        elif field.type == "date":
            held[field.key] = date(2026, 1, 1) + timedelta(days=chance.randrange(365))
    return held


def wide_rows(
    definition: Definition, count: int, targets: Mapping[str, Sequence[UUID]]
) -> Iterator[Row]:
    """number_0 is a shuffle of 0 … count-1, so that a filter finds exactly as many as it says."""
    chance = random.Random(count)
    held = [_prototype(definition, chance) for _ in range(PROTOTYPES)]
    made = [columns(definition, {**one, "name": a_name(chance)}) for one in held]
    extras = [Jsonb(one.pop("extra")) for one in made]
    order = chance.sample(range(count), count)
    references = [field for field in definition.fields if field.type == "reference"]
    pools = [targets[field.setting("reference")["object"]] for field in references]
    for number in range(count):
        place = chance.randrange(PROTOTYPES)
        row = {**made[place], "extra": extras[place], **_own(number, count)}
        row |= {
            f"f_{field.key}": chance.choice(pool) if chance.random() < FILLED else None
            for field, pool in zip(references, pools, strict=True)
        }
        row |= {"f_phone": phone(number), "f_number_0": order[number]}
        yield {**row, "f_choice_0": f"o{chance.randrange(OPTIONS)}"}


def target_rows(definition: Definition, count: int) -> Iterator[Row]:
    chance = random.Random(definition.identifier)
    for number in range(count):
        made = columns(definition, {"name": f"{a_name(chance)}{number}"})
        yield {**made, "extra": Jsonb({}), **_own(number, count)}


def _own(number: int, count: int) -> Row:
    at = START + timedelta(days=300) * (number / count)
    return {
        "id": new_id(), "version": 1, "created_at": at, "updated_at": at,
        "f_number": f"{number:08d}",
    }  # fmt: skip


def fill(
    connection: "psycopg.Connection[Any]",
    enterprise_id: UUID,
    definition: Definition,
    schema: str,
    rows: Iterator[Row],
) -> list[UUID]:
    """By COPY, as the tables' owner, and without indexes; returns the ids."""
    table = table_of(definition, schema)
    for index in table.indexes:
        name = sql.Identifier(schema, str(index.name))
        connection.execute(sql.SQL("DROP INDEX {}").format(name))
    first = next(rows)
    names = sql.SQL(", ").join(map(sql.Identifier, ["enterprise_id", *first]))
    place = sql.Identifier(schema, table.name)
    copy = sql.SQL("COPY {} ({}) FROM STDIN").format(place, names)
    wall = "ALTER TABLE {} {} ROW LEVEL SECURITY"
    # COPY takes no rows through a policy.
    connection.execute(sql.SQL(wall).format(place, sql.SQL("NO FORCE")))
    ids = []
    with connection.cursor() as cursor, cursor.copy(copy) as out:
        for row in (first, *rows):
            out.write_row([enterprise_id, *row.values()])
            ids.append(row["id"])
    connection.execute(sql.SQL(wall).format(place, sql.SQL("FORCE")))
    return ids
