"""Stamps: which state of a cached object's records a transaction reads.

Whoever writes such records renews their object's stamp in the same transaction, so both become
visible at once. A stamp is read along with the definition, and hence before the rows: what is kept
under it is never older than what it stands for, also where reading raced a write.
"""

from uuid import UUID

from sqlalchemy import Table, event, update
from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables, written
from callcenter.core.ids import new_id
from callcenter.objects.models import DataObject
from callcenter.objects.queries import CACHED
from callcenter.objects.schemas import Definition


def note(session: Session, definition: Definition, version_id: UUID, stamp: UUID | None) -> None:
    """What was read of an object. stamp: None as long as nobody has written its records."""
    if definition.cached:
        # Another version has other columns.
        session.info.setdefault("stamps", {})[definition.identifier] = f"{version_id}:{stamp}"


def stamp_of(session: Session, table: Table) -> str | None:
    """Under what the object's rows are kept; None for a transaction that has written them itself.

    Those are nobody else's until it commits, and nobody's if it does not.
    """
    if any(each.fullname == table.fullname for each in written(session)):
        return None
    found: str | None = session.info.get("stamps", {}).get(table.name)
    return found


@event.listens_for(Session, "before_commit")
def _renew(session: Session) -> None:
    """The last thing that a transaction does, and in one order.

    So writers of one object wait for each other no longer than a commit takes, and never in a circle.
    """
    identifiers = sorted({table.name for table in written(session) if table.info.get(CACHED)})
    if not identifiers or session.in_nested_transaction():
        return
    session.flush()
    # Never a count: one that is set back with a restored database would come again.
    stamp = new_id()
    for identifier in identifiers:
        row = update(DataObject).where(DataObject.identifier == identifier)
        TenantTables(session).execute(row.values(stamp=stamp))
