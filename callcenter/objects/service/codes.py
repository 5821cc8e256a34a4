"""Code tables: options that fields of several objects share, edited as a whole."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.clock import Clock
from callcenter.core.directory import Directory
from callcenter.core.errors import InUse, Invalid
from callcenter.core.finding import the_one
from callcenter.core.ids import new_id
from callcenter.core.messages import localise
from callcenter.objects.models import CodeTable
from callcenter.objects.schemas.document import MOST_OPTIONS
from callcenter.objects.service.code_files import read_file, write_file
from callcenter.objects.service.presenting import locale_of, shown_person
from callcenter.objects.service.rows import actor_id
from callcenter.objects.service.using import uses_of_codes
from callcenter.objects.types.choice import whole_option

Item = dict[str, Any]


class Codes:
    def __init__(self, directory: Directory, audit: Audit, clock: Clock) -> None:
        self._directory = directory
        self._audit = audit
        self._clock = clock

    def all(self, session: Session) -> list[dict[str, Any]]:
        used = uses_of_codes(session)
        rows = session.scalars(select(CodeTable).order_by(CodeTable.key)).all()
        return [self._shown(session, row, used) | {"items": len(row.items)} for row in rows]

    def documents(self, session: Session) -> list[dict[str, Any]]:
        """The tables as one file carries them."""
        rows = session.scalars(select(CodeTable).order_by(CodeTable.key))
        return [{"key": row.key, "name": row.name, "items": row.items} for row in rows]

    def create(self, session: Session, key: str, name: Mapping[str, str]) -> dict[str, Any]:
        """Raises Invalid for a key that is taken."""
        if session.scalar(select(CodeTable.id).where(CodeTable.key == key)):
            raise Invalid(fields={"key": ["validation.taken"]})
        row = CodeTable(id=new_id(), key=key, items=[])
        self._write(session, row, name, [])
        session.add(row)
        session.flush()
        self._note(session, "create", row, {}, {"name": dict(name)})
        return self._shown(session, row)

    def get(self, session: Session, key: str) -> dict[str, Any]:
        """Raises NotFound."""
        return self._shown(session, self._row(session, key))

    def save(
        self,
        session: Session,
        key: str,
        name: Mapping[str, str],
        items: Sequence[Item],
        version: int,
    ) -> dict[str, Any]:
        """Raises Stale, Invalid: for what contradicts itself, or is gone though objects use it."""
        row = self._row(session, key, version)
        if wrong := {**contradictions(items), **self._missing(session, row, items)}:
            raise Invalid(fields={place: [said] for place, said in wrong.items()})
        before = {item["value"]: item for item in row.items}
        named = dict(row.name)
        self._write(session, row, name, items)
        session.flush()
        after = {item["value"]: item for item in items}
        changed = difference({**before, "name": named}, {**after, "name": dict(name)})
        self._note(session, "change", row, *changed)
        return self._shown(session, row)

    def delete(self, session: Session, key: str, version: int) -> None:
        """Raises InUse while an object takes its options from it."""
        row = self._row(session, key, version)
        if uses_of_codes(session).get(key):
            raise InUse({"by": "objects"})
        self._note(session, "delete", row, {"name": row.name}, {})
        session.delete(row)

    def file(self, session: Session, key: str) -> str:
        """The table as CSV, with a heading."""
        return write_file(self._row(session, key).items)

    def load(
        self, session: Session, key: str, content: bytes, version: int, *, apply: bool
    ) -> dict[str, Any]:
        """Add what a CSV file has, and change what it has otherwise; what it has not stays."""
        row = self._row(session, key, version)
        given, faults = read_file(content)
        before: dict[str, Item] = {item["value"]: item for item in row.items}
        whole = before | {
            item["value"]: {**before.get(item["value"], {}), **item} for item in given.values()
        }
        lines = {item["value"]: line for line, item in given.items()}
        order = [*whole]
        for place, said in contradictions([*whole.values()]).items():
            faults.append((lines.get(order[int(place.split(".")[1])], 1), said))
        if len(whole) > MOST_OPTIONS:
            faults.append((1, "validation.too_many"))
        added = [value for value in whole if value not in before]
        changed = [v for v, item in before.items() if whole_option(whole[v]) != whole_option(item)]
        applied = apply and not faults
        if applied:
            self.save(session, key, row.name, [*whole.values()], version)
        return {
            "added": added,
            "changed": changed,
            "unchanged": len(before) - len(changed),
            "problems": self._say(session, faults),
            "applied": applied,
        }

    def _write(
        self, session: Session, row: CodeTable, name: Mapping[str, str], items: Sequence[Item]
    ) -> None:
        row.name, row.items = dict(name), [dict(item) for item in items]
        row.changed_at, row.changed_by = self._clock.now(), actor_id(session)

    @staticmethod
    def _missing(session: Session, row: CodeTable, items: Sequence[Item]) -> dict[str, str]:
        """What records may have stays readable: it can be made inactive, not taken out."""
        there = {item["value"] for item in items}
        gone = [item["value"] for item in row.items if item["value"] not in there]
        in_use = bool(gone) and bool(uses_of_codes(session).get(row.key))
        return {"items": "validation.code_in_use"} if in_use else {}

    def _row(self, session: Session, key: str, version: int | None = None) -> CodeTable:
        return the_one(session, select(CodeTable).where(CodeTable.key == key), version)

    def _shown(
        self, session: Session, row: CodeTable, used: Mapping[str, list[str]] | None = None
    ) -> dict[str, Any]:
        return {
            "key": row.key,
            "name": row.name,
            "version": row.version,
            "items": [whole_option(item) for item in row.items],
            "used_by": (uses_of_codes(session) if used is None else used).get(row.key, []),
            "changed_at": row.changed_at,
            "changed_by": shown_person(session, self._directory, row.changed_by),
        }

    def _note(self, session: Session, act: str, row: CodeTable, before: Any, after: Any) -> None:
        self._audit.record(
            session, f"codes.{act}", "code_table", row.id, name=row.key, before=before, after=after
        )

    @staticmethod
    def _say(session: Session, faults: Sequence[tuple[int, str]]) -> list[dict[str, Any]]:
        locale = locale_of(session)
        return [
            {"line": line, "message": localise(said, locale, {})} for line, said in sorted(faults)
        ]


def contradictions(items: Sequence[Item]) -> dict[str, str]:
    """`items.<n>` → caption's key."""
    wrong: dict[str, str] = {}
    parents = {item["value"]: item.get("parent") for item in items}
    seen: set[str] = set()
    for number, item in enumerate(items):
        if item["value"] in seen:
            wrong[f"items.{number}"] = "validation.duplicate"
        seen.add(item["value"])
        above, steps = item.get("parent"), 0
        while above and steps <= len(items):
            if above not in parents:
                wrong[f"items.{number}"] = "validation.unknown_parent"
                break
            above, steps = parents[above], steps + 1
        if steps > len(items):
            wrong[f"items.{number}"] = "validation.bad_options"
    return wrong
