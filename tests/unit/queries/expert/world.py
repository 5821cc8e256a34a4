"""Two objects as a statement may name them, and what fills the parts that a test is not about."""

from typing import Any

from callcenter.queries.expert.parts import Parameter, Parts, Relation

RELATIONS = {
    "customer": Relation(
        "customer",
        {
            "id": "id", "name": "text", "city": "text", "age": "integer", "phone": "phone",
            "made": "datetime", "vip": "boolean",
        },
    ),
    "work_order": Relation(
        "work_order", {"id": "id", "customer": "reference", "title": "text", "cost": "decimal"}
    ),
}  # fmt: skip

PARAMETERS = {
    "q": Parameter("text"), "n": Parameter("integer"), "since": Parameter("date"),
    "ids": Parameter("reference", many=True),
}  # fmt: skip


def parts(**given: Any) -> Parts:
    return Parts(**{"select": "c.name as said", "source": "customer c", **given})
