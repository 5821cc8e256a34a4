"""Asks statements as somebody of the office."""

from dataclasses import dataclass, field
from typing import Any

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.objects.service import NewRow, Records
from callcenter.processes.means import means
from callcenter.queries.answers import Answer
from callcenter.queries.expert.document import Asked, ExpertQuery
from callcenter.queries.expert.parts import Parts, Problem
from callcenter.queries.expert.running import ExpertRuns
from callcenter.queries.service import Wanted
from tests.support.office import NOW, Office

CLIENTS: list[dict[str, Any]] = [
    {"name": "anna", "city": "上海", "age": 20, "born": "1999-03-05", "vip": True},
    {"name": "Bob", "city": "上海", "age": 35, "born": "1990-03-31", "vip": True},
    {"name": "cleo", "city": "北京", "age": 41, "born": "1985-12-01", "vip": False},
    {"name": "dora%", "city": "北京", "age": 30, "likes": ["tea"]},
    {"name": "e'd\\", "age": 30, "likes": ["coffee", "tea"], "born": "1999-03-06"},
    {"name": "fay", "city": "广州"},
]
SECRETS = {"secret": "王五", "salary": "1234.50", "phone": "13800006207"}


@dataclass
class Desk:
    database: Database
    office: Office
    runs: ExpertRuns
    clock: ManualClock
    ids: dict[str, str] = field(default_factory=dict)

    def fill(self) -> None:
        records = Records(means(self.clock))
        agent = self.office.people["agent"].user_id
        rows = [NewRow({**each, **SECRETS}, NOW, agent) for each in CLIENTS]
        with self.database.begin(self.office.scope()) as session:
            records.load(session, "client", rows)
        found = self.ask(select="name, id", source="client")
        self.ids = {row.values["name"]: str(row.records[""].id) for row in found.rows}
        jobs = [("leak", "anna"), ("paint", "anna"), ("wire", "Bob"), ("alone", None)]
        made = [
            NewRow({"name": name, **({"customer": self.ids[whose]} if whose else {})}, NOW, agent)
            for name, whose in jobs
        ]
        with self.database.begin(self.office.scope()) as session:
            records.load(session, "job", made)

    def ask(
        self,
        who: str = "",
        parameters: tuple[Asked, ...] = (),
        wanted: Wanted | None = None,
        **texts: str,
    ) -> Answer:
        with self.database.begin(self.office.scope(who)) as session:
            query = ExpertQuery(Parts(**texts), parameters, page_size=50)
            return self.runs.run(session, query, wanted or Wanted({}))

    def values(self, who: str = "", **options: Any) -> list[tuple[Any, ...]]:
        return [tuple(row.values.values()) for row in self.ask(who, **options).rows]

    def problems(self, who: str = "", **texts: str) -> tuple[Problem, ...]:
        with self.database.begin(self.office.scope(who)) as session:
            return self.runs.problems(session, ExpertQuery(Parts(**texts)))
