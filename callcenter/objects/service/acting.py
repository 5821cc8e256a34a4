"""The job of an act on many records: a batch a transaction, which also says how far it has come.

A worker that dies loses the batch it was at, with all that it wrote; the next one goes on behind the
last. So each record is done once, and the outcome tells of each.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.db import Database, TenantTables
from callcenter.core.directory import Directory
from callcenter.core.jobs import Progress, Unfinished
from callcenter.core.tenant import Scope
from callcenter.objects import queries
from callcenter.objects.models import Transfer
from callcenter.objects.service.acts import AT_ONCE, Wanted, matching, wanted_of
from callcenter.objects.service.definitions import Definitions
from callcenter.objects.service.presenting import schema_of
from callcenter.objects.service.several import Outcome, Several, Target
from callcenter.objects.service.transfer.importing import problem_of
from callcenter.objects.service.transfer.transfers import ActorOf, Order, order_of, row_of


class Acting:
    def __init__(
        self,
        database: Database,
        directory: Directory,
        definitions: Definitions,
        several: Several,
        actor_of: ActorOf,
    ) -> None:
        self._database = database
        self._directory = directory
        self._definitions = definitions
        self._several = several
        self._actor_of = actor_of

    def work(
        self, session: Session, arguments: Mapping[str, Any], progress: Progress
    ) -> Mapping[str, Any]:
        """The job: arguments {"transfer_id", "ip"}. What it writes, it commits itself."""
        enterprise: Scope = session.info["scope"]
        order = order_of(self._database, enterprise, arguments, self._actor_of)
        try:
            return self._go_through(order, progress)
        except Unfinished:
            raise
        except Exception as failure:
            with self._database.begin(order.scope) as own:
                row_of(own, order.row.id).problem = problem_of(failure)
            raise
        finally:
            self._tell(order)

    def _go_through(self, order: Order, progress: Progress) -> Mapping[str, Any]:
        wanted = wanted_of(order.row.wish)
        while True:
            with self._database.begin(order.scope) as session:
                row = row_of(session, order.row.id)
                batch = self._batch(session, order, row, wanted)
                outcome = _outcome(row)
                if batch:
                    self._several.act(session, order.identifier, wanted.act, batch, outcome)
                    last = str(batch[-1].id)
                    row.tally = {**row.tally, **outcome.plain(), "last": last}
            done, total = outcome.done + outcome.failed, order.row.tally["total"]
            progress.step(done, max(done, total))
            if not batch:
                return {"done": outcome.done, "failed": outcome.failed}
            progress.rest()

    def _tell(self, order: Order) -> None:
        """Those to whom records were assigned, of as many as it came to by now."""
        with self._database.begin(order.scope) as session:
            row = row_of(session, order.row.id)
            self._several.tell(session, order.identifier, _outcome(row))
            row.tally = {**row.tally, "given": {}}

    def _batch(
        self, session: Session, order: Order, row: Transfer, wanted: Wanted
    ) -> Sequence[Target]:
        """The next ones in the order of their ids, behind the last that were done."""
        last = row.tally.get("last", "")
        if wanted.targets is not None:
            chosen = sorted(wanted.targets, key=lambda one: one.id.int)
            behind = UUID(last).int if last else -1
            return [one for one in chosen if one.id.int > behind][:AT_ONCE]
        definition = self._definitions.get(session, order.identifier)
        table = queries.table_of(definition, schema_of(session, self._directory))
        query = matching(session, self._several, definition, wanted)
        # What is made meanwhile was not among those that were counted.
        query = query.where(table.c.created_at <= datetime.fromisoformat(row.wish["at"]))
        if last:
            query = query.where(table.c.id > UUID(last))
        query = query.with_only_columns(table.c.id, maintain_column_froms=True)
        rows = TenantTables(session).execute(query.order_by(table.c.id).limit(AT_ONCE))
        return [Target(each.id) for each in rows]


def _outcome(row: Transfer) -> Outcome:
    known = {"done": 0, "failed": 0, "faults": [], "given": {}, **row.tally}
    return Outcome(known["done"], known["failed"], [*known["faults"]], dict(known["given"]))
