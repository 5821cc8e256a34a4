"""Whom and what the lines of a file name, looked up for many lines at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.core.directory import Directory
from callcenter.core.errors import NotFound
from callcenter.objects import queries
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.presenting import schema_of
from callcenter.objects.service.reaching import Reaching
from callcenter.objects.service.transfer.rights import may_find_by
from callcenter.objects.types.base import Field, Named, Reading
from callcenter.objects.types.cells import words_of


class Naming:
    """People and teams are read once; records of other objects, for each batch."""

    def __init__(self, directory: Directory, definitions: Definitions, reaching: Reaching) -> None:
        self._directory = directory
        self._definitions = definitions
        self._reaching = reaching
        self._people: Mapping[str, Sequence[UUID]] | None = None
        self._teams: Mapping[str, Sequence[UUID]] | None = None

    def find(self, session: Session, texts: Mapping[str, set[str]], fields: list[Field]) -> Named:
        """texts: what the lines have in each field that refers to records, by its key."""
        types = {field.type for field in fields}
        records = {
            field.key: self._records(session, field, texts.get(field.key, set()))
            for field in fields
            if field.type == "reference"
        }
        return Named(
            people=self._of_people(session) if "user" in types else {},
            teams=self._of_teams(session) if "team" in types else {},
            records=records,
        )

    @staticmethod
    def knowing(reading: Reading, named: Named) -> Reading:
        """What was found by its name is there; everything else is looked up as ever."""
        people, teams = _all(named.people.values()), _all(named.teams.values())
        records = _all(ids for names in named.records.values() for ids in names.values())
        return replace(
            reading,
            user_exists=lambda one: one in people or reading.user_exists(one),
            team_exists=lambda one: one in teams or reading.team_exists(one),
            record_exists=lambda at, one: one in records or reading.record_exists(at, one),
        )

    def _of_people(self, session: Session) -> Mapping[str, Sequence[UUID]]:
        if self._people is None:
            people = [*self._directory.people(session).values()]
            codes = {words_of(one.employee_code): [one.id] for one in people}
            names = _grouped((one.name, one.id) for one in people)
            # A code is one person's; a name may be several people's.
            self._people = {**names, **codes}
        return self._people

    def _of_teams(self, session: Session) -> Mapping[str, Sequence[UUID]]:
        if self._teams is None:
            teams = self._directory.teams(session).items()
            self._teams = _grouped((name, team_id) for team_id, name in teams)
        return self._teams

    def _records(
        self, session: Session, field: Field, texts: set[str]
    ) -> Mapping[str, Sequence[UUID]]:
        """By key or title, of the records that whoever acts reaches, by what he sees of them."""
        try:
            target = self._definitions.get(session, field.refers_to or "")
        except NotFound:
            return {}
        if not texts:
            return {}
        table = queries.table_of(target, schema_of(session, self._directory))
        names = (target.key_field, target.title_field)
        clear = [target.by_key[name] for name in names if may_find_by(session, target.by_key[name])]
        query = queries.called(table, target, clear, sorted(texts))
        query = self._reaching.within(session, query, table, target, "read")
        rows = [*TenantTables(session).execute(query)]
        keys = _grouped((str(row[1]), row[0]) for row in rows if row[1] is not None)
        titles = _grouped((str(row[2]), row[0]) for row in rows if row[2] is not None)
        return {**titles, **keys}


def _grouped(pairs: Iterable[tuple[str, UUID]]) -> dict[str, list[UUID]]:
    found: dict[str, list[UUID]] = defaultdict(list)
    for name, one in pairs:
        found[words_of(name)].append(one)
    return dict(found)


def _all(groups: Iterable[Sequence[UUID]]) -> frozenset[UUID]:
    return frozenset(one for group in groups for one in group)
