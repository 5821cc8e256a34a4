"""The objects that a query reads and how they hang together, by the definitions in force. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from callcenter.core.i18n import LOCALES, caption
from callcenter.objects.access import Access, access
from callcenter.objects.rules import Problem
from callcenter.objects.schemas import Definition
from callcenter.objects.types import TYPES, type_of
from callcenter.objects.types.base import Field
from callcenter.queries.document import ROOT, Join, Query

SYSTEM: Mapping[str, Field] = {
    key: Field(key, key, {locale: caption(f"query.{key}", locale) for locale in LOCALES}, "")
    for key in ("created_at", "created_by", "updated_at", "updated_by")
}
"""What every record has beside its object's fields."""

_NO_CELL = ("details", "file", "image")


@dataclass(frozen=True, eq=False)
class Source:
    """near, far: the fields of `join.of` and of this one that are equal; None: the record's id.

    many: whether one record of `join.of` may have several here.
    """

    key: str
    definition: Definition
    join: Join | None = None
    near: Field | None = None
    far: Field | None = None
    many: bool = False
    by: Field | None = None
    """The field that the join goes by, of whichever side has it."""

    def field(self, key: str | None) -> Field | None:
        """One that can be a column of a list."""
        found = self.definition.by_key.get(key or "") or SYSTEM.get(key or "")
        return None if found is None or found.type in _NO_CELL else found


Sources = Mapping[str, Source]
Definitions = Mapping[str, Definition]


class Unfit(Exception):
    """A part of a query that cannot be had; the problem's path begins at that part."""

    def __init__(self, path: str, key: str, parameters: Mapping[str, object] | None = None) -> None:
        super().__init__(key)
        self.problem = Problem(path, key, parameters or {})

    def at(self, place: str) -> Problem:
        path = f"{place}.{self.problem.path}" if self.problem.path else place
        return self.problem._replace(path=path)


def sources_of(query: Query, definitions: Definitions) -> tuple[Sources, list[Problem]]:
    """By key, each after the one that it is joined to; those that cannot be had are problems."""
    root = definitions.get(query.source)
    if root is None:
        return {}, [Problem("source", "query.unknown_object")]
    found: dict[str, Source] = {ROOT: Source(ROOT, root)}
    wrong: list[Problem] = []
    for place, join in enumerate(query.joins):
        try:
            found[join.key] = _joined(join, found, definitions)
        except Unfit as unfit:
            wrong.append(unfit.at(f"joins.{place}"))
    return found, wrong


def wanted_objects(query: Query, definitions: Definitions) -> set[str]:
    """Objects that it names, or that its joins reach by way of `definitions`."""
    found = {query.source, *(join.object for join in query.joins if join.object)}
    for definition in definitions.values():
        for join in query.joins:
            field = definition.by_key.get(join.by)
            if field is not None and (target := _target(field)):
                found.add(target)
    return found


def _joined(join: Join, found: Sources, definitions: Definitions) -> Source:
    if join.key in found:
        raise Unfit("key", "validation.duplicate")
    near = found.get(join.of)
    if near is None:
        raise Unfit("of", "query.unknown_source")
    if join.how == "back":
        return _back(join, near, definitions)
    by = near.definition.by_key.get(join.by)
    if by is None or by.type != ("reference" if join.how == "one" else "details"):
        raise Unfit("by", "query.no_reference")
    target = definitions.get(_target(by) or "")
    if target is None:
        raise Unfit("by", "query.unknown_object")
    if join.how == "one":
        return Source(join.key, target, join, near=by, by=by)
    far = target.by_key.get(by.setting("details", {}).get("by", ""))
    if far is None:
        raise Unfit("by", "query.no_reference")
    return Source(join.key, target, join, far=far, many=True, by=by)


def _back(join: Join, near: Source, definitions: Definitions) -> Source:
    target = definitions.get(join.object or "")
    if target is None:
        raise Unfit("object", "query.unknown_object")
    far = target.by_key.get(join.by)
    if far is None or far.refers_to != near.definition.identifier:
        raise Unfit("by", "query.no_reference")
    return Source(join.key, target, join, far=far, many=True, by=far)


def _target(field: Field) -> str | None:
    if field.type == "details":
        target: str | None = field.setting("details", {}).get("object")
        return target
    return field.refers_to


def closed_to(sources: Sources, role: str | None) -> Iterator[str]:
    """Keys of those that a role cannot follow: it does not see what they are joined by."""
    closed: set[str] = set()
    for source in sources.values():
        if source.join is None or source.by is None:
            continue
        of = sources[source.join.of]
        # A reference that is masked is known to nobody from whom it is kept, and so is what it names.
        seen = access(source.by, role) not in (Access.MASK, Access.HIDE)
        if not seen or of.key in closed:
            closed.add(source.key)
            yield source.key


def is_sortable(field: Field) -> bool:
    """Whether the order of its values is what a reader takes it for."""
    return type_of(field).sortable and field.type in TYPES
