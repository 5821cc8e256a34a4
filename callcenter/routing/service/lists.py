"""Lists of callers: blacklists, important customers."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.db import TenantTables, model_table
from callcenter.core.directory import Directory
from callcenter.core.errors import InUse, Invalid, NotFound, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from callcenter.core.numbers import BadNumber, Number, NumberKind, parse_number
from callcenter.routing.models import CallerList, ListedCaller

_SORTS = {"name": CallerList.name, "created_at": CallerList.created_at}
MOST_NOTED = 20
_LISTED = {"added_at": ListedCaller.added_at, "number": ListedCaller.number}


class ListUsers(Protocol):
    def of_list(self, session: Session, list_id: UUID) -> str | None:
        """What asks the list: `routing_service`, or nothing."""
        ...


class CallerLists:
    def __init__(self, directory: Directory, users: ListUsers, audit: Audit, clock: Clock) -> None:
        self._directory = directory
        self._users = users
        self._audit = audit
        self._clock = clock

    def page(self, session: Session, request: PageRequest) -> Page:
        query = select(CallerList)
        if request.q:
            query = query.where(holds(request.q, CallerList.name))
        rows, total = page_rows(session, query, request, _SORTS, "name", CallerList.id)
        return Page(_shown(session, rows), total, request.page, request.page_size)

    def read(self, session: Session, list_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        return _shown(session, [_find(session, list_id)])[0]

    def create(self, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
        """Raises Invalid for a name that is taken."""
        _check_name(session, values["name"], None)
        row = CallerList(id=new_id(), name=values["name"], created_at=self._clock.now())
        session.add(row)
        session.flush()
        self._note(session, "create", row, {}, {"name": row.name})
        return self.read(session, row.id)

    def rename(
        self, session: Session, list_id: UUID, values: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """Raises NotFound, Stale, Invalid."""
        row = _find(session, list_id)
        if row.version != version:
            raise Stale
        _check_name(session, values["name"], row.id)
        before = {"name": row.name}
        row.name = values["name"]
        session.flush()
        self._note(session, "change", row, before, {"name": row.name})
        return self.read(session, row.id)

    def delete(self, session: Session, list_id: UUID, version: int | None) -> None:
        """With its numbers. Raises NotFound, Stale, InUse while a route asks it."""
        row = _find(session, list_id)
        if version is not None and row.version != version:
            raise Stale
        if user := self._users.of_list(session, list_id):
            raise InUse({"by": user})
        session.execute(delete(ListedCaller).where(ListedCaller.list_id == list_id))
        session.delete(row)
        session.flush()
        self._note(session, "delete", row, {"name": row.name}, {})

    def callers(self, session: Session, list_id: UUID, request: PageRequest) -> Page:
        """Raises NotFound."""
        _find(session, list_id)
        query = select(ListedCaller).where(ListedCaller.list_id == list_id)
        if request.q:
            digits = request.q.replace(" ", "").replace("-", "").lstrip("0+")
            query = query.where(holds(digits, ListedCaller.number, ListedCaller.note))
        rows, total = page_rows(session, query, request, _LISTED, "-added_at", ListedCaller.number)
        items = [_listed(row) for row in rows]
        return Page(items, total, request.page, request.page_size)

    def add(self, session: Session, list_id: UUID, values: Mapping[str, Any]) -> dict[str, Any]:
        """Good numbers in, and told which are none. Raises NotFound."""
        row = _find(session, list_id)
        numbers, wrong = self._read(session, values["numbers"])
        # Whoever adds at the same time waits for the list itself.
        there = select(ListedCaller.number).where(
            ListedCaller.list_id == list_id, ListedCaller.number.in_(numbers)
        )
        new = [*set(numbers) - set(session.scalars(there))]
        given = {"list_id": list_id, "note": values["note"], "added_at": self._clock.now()}
        rows = [{**given, "number": number} for number in new]
        TenantTables(session).insert_all(model_table(ListedCaller), rows)
        added = len(new)
        self._note(session, "add", row, {}, {"callers": _noted(new)})
        return {"added": added, "known": len(numbers) - added, "wrong": wrong}

    def remove(self, session: Session, list_id: UUID, texts: Sequence[str]) -> None:
        """Numbers that are not on it are passed over. Raises NotFound."""
        row = _find(session, list_id)
        numbers, _ = self._read(session, texts)
        session.execute(
            delete(ListedCaller)
            .where(ListedCaller.list_id == list_id, ListedCaller.number.in_(numbers))
            .execution_options(synchronize_session=False)
        )
        self._note(session, "remove", row, {"callers": _noted(numbers)}, {})

    def _read(self, session: Session, texts: Sequence[str]) -> tuple[list[str], list[str]]:
        area = self._directory.enterprise(session).area_code
        good: dict[str, None] = {}
        wrong = []
        for text in texts:
            try:
                number = parse_number(text, area)
            except BadNumber:
                wrong.append(text)
                continue
            if number.kind is NumberKind.WITHHELD:
                wrong.append(text)
            else:
                good[str(number)] = None
        return [*good], wrong

    def _note(
        self,
        session: Session,
        act: str,
        row: CallerList,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"caller_list.{act}", "caller_list", row.id, name=row.name,
            before=before, after=after,
        )  # fmt: skip


def _noted(numbers: Sequence[str]) -> list[str] | int:
    """Which ones, where a reader of the log can still take them in; else how many."""
    return sorted(numbers) if len(numbers) <= MOST_NOTED else len(numbers)


def lists_with(session: Session, number: Number, ids: frozenset[UUID]) -> frozenset[UUID]:
    """Of these lists those that the number stands on."""
    if not number.value:
        return frozenset()
    query = select(ListedCaller.list_id).where(
        ListedCaller.list_id.in_(ids), ListedCaller.number == str(number)
    )
    return frozenset(session.scalars(query))


def _find(session: Session, list_id: UUID) -> CallerList:
    row = session.scalar(select(CallerList).where(CallerList.id == list_id).with_for_update())
    if row is None:
        raise NotFound
    return row


def _check_name(session: Session, name: str, own_id: UUID | None) -> None:
    found = session.scalar(select(CallerList.id).where(CallerList.name == name))
    if found not in (None, own_id):
        raise Invalid(fields={"name": ["validation.taken"]})


def _shown(session: Session, rows: Sequence[CallerList]) -> list[dict[str, Any]]:
    query = select(ListedCaller.list_id, func.count()).group_by(ListedCaller.list_id)
    counts = dict(
        session.execute(query.where(ListedCaller.list_id.in_([row.id for row in rows]))).all()
    )
    return [
        {
            "id": row.id,
            "name": row.name,
            "callers": counts.get(row.id, 0),
            "version": row.version,
        }
        for row in rows
    ]


def _listed(row: ListedCaller) -> dict[str, Any]:
    number = Number.load(row.number)
    return {
        "number": number.national,
        "shown": number.show(),
        "note": row.note,
        "added_at": row.added_at,
    }
