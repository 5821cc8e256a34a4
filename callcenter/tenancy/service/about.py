"""What a signed-in page knows of its enterprise."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.tenancy.models import AccessNumber, Enterprise, NumberStatus, Option, OptionValue


def about_enterprise(session: Session, enterprise_id: UUID) -> dict[str, Any]:
    """The scope is the platform's: definitions of options are its own."""
    enterprise = session.get_one(Enterprise, enterprise_id)
    numbers = select(AccessNumber).where(
        AccessNumber.enterprise_id == enterprise_id, AccessNumber.status == NumberStatus.ENABLED
    )
    shown = sorted(
        session.scalars(numbers),
        key=lambda number: (number.id != enterprise.display_number_id, number.number),
    )
    return {
        "id": enterprise.id,
        "code": enterprise.code,
        "name": enterprise.name,
        "time_zone": enterprise.time_zone,
        "display_numbers": [number.number for number in shown],
        "options": option_values(session, enterprise_id),
    }


def option_values(session: Session, enterprise_id: UUID) -> dict[str, Any]:
    """Every active option: the enterprise's own value, else the definition's default."""
    own = {
        row.key: row.value["value"]
        for row in session.scalars(
            select(OptionValue).where(OptionValue.enterprise_id == enterprise_id)
        )
    }
    definitions = session.scalars(select(Option).where(Option.active).order_by(Option.sort))
    return {row.key: own.get(row.key, row.default.get("value")) for row in definitions}
