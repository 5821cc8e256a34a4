"""Options: defined once for the platform (group `corpConf` of 000000), valued by enterprise."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, delete, func, select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.errors import Invalid, NotFound, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.listing import holds, page_rows
from callcenter.tenancy.models import Option, OptionValue

_KINDS: Mapping[str, tuple[type[Any], ...]] = {
    "switch": (bool,),
    "text": (str,),
    "number": (int, float),
}
KINDS = tuple(_KINDS)
_LONGEST = 500
_SORTS = {"sort": Option.sort, "key": Option.key}


_OWN = and_(OptionValue.key == Option.key, OptionValue.enterprise_id == bindparam("enterprise"))
_VALUES = (
    select(Option.key, func.coalesce(OptionValue.value, Option.default))
    .outerjoin(OptionValue, _OWN)
    .where(Option.active)
    .order_by(Option.sort, Option.key)
)
"""Made once: every request asks."""


class Options:
    """What an enterprise has of what is defined."""

    def of(self, session: Session, enterprise_id: UUID) -> Mapping[str, Any]:
        """Every option in use by key: what the enterprise has, else the default."""
        found = session.execute(_VALUES, {"enterprise": enterprise_id})
        return {key: value["value"] for key, value in found}

    def by_enterprise(self, session: Session) -> Callable[[UUID], Mapping[str, Any]]:
        """The same for any enterprise, read at once; the scope is the platform's."""
        defaults = {option.key: option.default["value"] for option in _in_use(session)}
        own: dict[UUID, dict[str, Any]] = {}
        for row in session.scalars(select(OptionValue)):
            if row.key in defaults:
                own.setdefault(row.enterprise_id, {})[row.key] = row.value["value"]
        return lambda enterprise_id: defaults | own.get(enterprise_id, {})

    def set(self, session: Session, enterprise_id: UUID, values: Mapping[str, Any]) -> None:
        """Those that `values` names; the others stay. Raises Invalid, by `options.<key>`."""
        kinds = {option.key: option.kind for option in _in_use(session)}
        wrong = {f"options.{key}": _complaints(kinds, key, value) for key, value in values.items()}
        if any(wrong.values()):
            raise Invalid(fields={key: found for key, found in wrong.items() if found})
        session.execute(
            delete(OptionValue).where(
                OptionValue.enterprise_id == enterprise_id, OptionValue.key.in_(values)
            )
        )
        for key, value in values.items():
            session.add(OptionValue(key=key, enterprise_id=enterprise_id, value={"value": value}))
        session.flush()


class OptionDefinitions:
    """What can be ticked for enterprises; the scope is the platform's."""

    def __init__(self, audit: Audit, outbox: Outbox) -> None:
        self._audit = audit
        self._outbox = outbox

    def page(self, session: Session, request: PageRequest) -> Page:
        query = select(Option)
        if request.q:
            query = query.where(holds(request.q, Option.key))
        rows, total = page_rows(session, query, request, _SORTS, "sort", Option.key)
        return Page([_shown(row) for row in rows], total, request.page, request.page_size)

    def create(self, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
        """Raises Invalid for a key that is taken, or a default that is not of the kind."""
        if session.get(Option, values["key"]) is not None:
            raise Invalid(fields={"key": ["validation.taken"]})
        option = Option(**_stored(values))
        _check_default(option)
        session.add(option)
        session.flush()
        self._note(session, "create", option, {}, _shown(option))
        return _shown(option)

    def change(
        self, session: Session, key: str, values: Mapping[str, Any], version: int | None
    ) -> dict[str, Any]:
        """Raises NotFound, Stale, Invalid. Values of another kind than before are dropped."""
        option = _find(session, key, version)
        before, kind = _shown(option), option.kind
        for name, value in _stored(values).items():
            setattr(option, name, value)
        _check_default(option)
        if option.kind != kind:
            session.execute(delete(OptionValue).where(OptionValue.key == key))
        session.flush()
        self._note(session, "change", option, *difference(before, _shown(option)))
        return _shown(option)

    def delete(self, session: Session, key: str, version: int | None) -> None:
        """Its values at enterprises go with it. Raises NotFound, Stale."""
        option = _find(session, key, version)
        session.execute(delete(OptionValue).where(OptionValue.key == key))
        session.delete(option)
        self._note(session, "delete", option, _shown(option), {})

    def _note(
        self,
        session: Session,
        act: str,
        option: Option,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"option.{act}", "option", option.key, name=option.key,
            before=before, after=after,
        )  # fmt: skip
        self._outbox.record(session, "option.changed", option.key, sorted({*before, *after}))


def _in_use(session: Session) -> list[Option]:
    query = select(Option).where(Option.active).order_by(Option.sort, Option.key)
    return list(session.scalars(query))


def _find(session: Session, key: str, version: int | None) -> Option:
    option = session.get(Option, key)
    if option is None:
        raise NotFound
    if version is not None and option.version != version:
        raise Stale
    return option


def _fits(kind: str, value: Any) -> bool:
    # True is an integer to Python, but no number to anybody else.
    if isinstance(value, bool) and kind != "switch":
        return False
    return isinstance(value, _KINDS[kind]) and len(str(value)) <= _LONGEST


def _complaints(kinds: Mapping[str, str], key: str, value: Any) -> list[str]:
    if key not in kinds:
        return ["validation.unknown_field"]
    return [] if _fits(kinds[key], value) else ["validation.option_value"]


def _check_default(option: Option) -> None:
    if not _fits(option.kind, option.default["value"]):
        raise Invalid(fields={"default": ["validation.option_value"]})


def _stored(values: Mapping[str, Any]) -> dict[str, Any]:
    stored = dict(values)
    if "default" in stored:
        stored["default"] = {"value": stored["default"]}
    return stored


def _shown(option: Option) -> dict[str, Any]:
    names = ("key", "kind", "label", "sort", "active", "version")
    return {
        **{name: getattr(option, name) for name in names},
        "default": option.default["value"],
    }
