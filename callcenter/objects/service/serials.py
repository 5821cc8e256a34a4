"""Serial numbers, from the ledger of series."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.objects.models import SerialNumber
from callcenter.objects.types.serial import period, render


def next_numbers(
    session: Session, object_id: UUID, field: str, rule: str, at: datetime, count: int = 1
) -> list[str]:
    """The next serial numbers of the series that `at` (in the enterprise's zone) belongs to.

    Whoever asks first holds the series until its commit: no number is lost or given twice.
    """
    table = SerialNumber.__table__
    statement = (
        upsert(SerialNumber)
        .on_conflict_do_update(
            index_elements=["object_id", "field", "period"], set_={"last": table.c.last + count}
        )
        .returning(SerialNumber.last)
    )
    series = {"object_id": object_id, "field": field, "period": period(rule, at), "last": count}
    last = TenantTables(session).insert(statement, series).scalar_one()
    return [render(rule, at, number) for number in range(last - count + 1, last + 1)]
