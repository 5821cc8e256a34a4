"""Ready lists of a definition: what the configuration administrator lays out for roles. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from callcenter.objects.asking import problem_of_filter
from callcenter.objects.rules import problems_of
from callcenter.objects.schemas.document import SORTABLE
from callcenter.objects.types import type_of

if TYPE_CHECKING:
    from callcenter.objects.schemas.definition import Definition


@dataclass(frozen=True, slots=True)
class ReadyList:
    """filters: the initial parameters of its query, as the list of records takes them.

    roles: whom it is for; standard: what they begin with who have chosen nothing else. acts: the
    buttons of a row, in order; each may have a condition.
    """

    key: str
    name: Mapping[str, str]
    columns: tuple[str, ...]
    sort: str
    filters: Mapping[str, str]
    roles: tuple[str, ...]
    standard: bool = False
    acts: tuple[Mapping[str, Any], ...] = field(default=())


def lists_of(document: Mapping[str, Any]) -> tuple[ReadyList, ...]:
    return tuple(
        ReadyList(
            each["key"],
            each["name"],
            tuple(each["columns"]),
            each["sort"],
            each.get("filters", {}),
            tuple(each["roles"]),
            each.get("standard", False),
            tuple(each.get("acts", ())),
        )
        for each in document.get("lists", ())
    )


def lists_document(lists: tuple[ReadyList, ...]) -> dict[str, Any]:
    return {"lists": [list_document(each) for each in lists]} if lists else {}


def list_document(ready: ReadyList) -> dict[str, Any]:
    return {
        "key": ready.key,
        "name": dict(ready.name),
        "columns": [*ready.columns],
        "sort": ready.sort,
        "filters": dict(ready.filters),
        "roles": [*ready.roles],
        **({"standard": True} if ready.standard else {}),
        **({"acts": [dict(act) for act in ready.acts]} if ready.acts else {}),
    }


def may_sort(definition: "Definition", sort: str) -> bool:
    key = sort.removeprefix("-")
    found = definition.by_key.get(key)
    return key in SORTABLE or bool(
        found and definition.has_column(found) and type_of(found).sortable
    )


def contradictions(definition: "Definition") -> Iterator[tuple[str, str]]:
    """(path, caption's key); a path begins with `lists.<place>`."""
    keys = [ready.key for ready in definition.lists]
    for place, ready in enumerate(definition.lists):
        if ready.key in keys[:place]:
            yield f"lists.{place}.key", "validation.duplicate"
        for path, key in _within(definition, ready):
            yield f"lists.{place}.{path}", key
    for role in sorted({role for ready in definition.lists for role in ready.roles}):
        begins = [
            place for place, r in enumerate(definition.lists) if r.standard and role in r.roles
        ]
        if len(begins) > 1:
            yield f"lists.{begins[1]}.standard", "validation.one_standard"


def _within(definition: "Definition", ready: ReadyList) -> Iterator[tuple[str, str]]:
    for key in ready.columns:
        if key not in definition.by_key and key not in SORTABLE:
            yield f"columns.{key}", "validation.unknown_field"
    if not may_sort(definition, ready.sort):
        yield "sort", "validation.unknown_sort"
    for name, text in ready.filters.items():
        if wrong := problem_of_filter(definition, name, text):
            yield f"filters.{name}", wrong
    for number, act in enumerate(ready.acts):
        for test, wrong in problems_of(act.get("when", {"tests": []}), definition.fields):
            yield f"acts.{number}.{test}", wrong
