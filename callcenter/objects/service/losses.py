"""Values that a new version cannot take: told before anything changes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from callcenter.core.db import TenantTables
from callcenter.core.i18n import caption
from callcenter.objects import queries
from callcenter.objects.errors import BadValue, NotUnique, TooLongToIndex, ValuesLost
from callcenter.objects.schemas import Definition
from callcenter.objects.schemas.rights import access
from callcenter.objects.service.converting import as_text, convert
from callcenter.objects.service.pacing import Pace
from callcenter.objects.service.presenting import Held, hold, locale_of, role_of, unmasked
from callcenter.objects.service.rewriting import Plan, Rewriting, each
from callcenter.objects.types import masked_type, type_of
from callcenter.objects.types.base import LONGEST_INDEXED, Field

SAMPLES = 20
SHOWN = 60
"""Characters of a value that is too long."""

Loss = dict[str, Any]
"""As `schemas.design.Loss` says."""


class Losses:
    def __init__(self, rewriting: Rewriting) -> None:
        self._rewriting = rewriting

    def find(self, session: Session, plan: Plan, pace: Pace | None = None) -> list[Loss]:
        """Values that stand in the way of the plan, none of which it would overwrite."""
        if plan.old is None:
            return []
        found = [loss for field in plan.new.fields if (loss := _twice(session, plan, field))]
        found += [loss for field in plan.new.indexed if (loss := _too_long(session, plan, field))]
        if plan.retyped:
            found += self._not_convertible(session, plan, pace or Pace())
        return found

    def _not_convertible(self, session: Session, plan: Plan, pace: Pace) -> list[Loss]:
        found: dict[str, dict[str, Any]] = {}
        reading = self._rewriting.reading(session)
        table = queries.table_of(plan.old or plan.new, plan.schema)
        alive = (held for held in each(session, plan, table, pace) if held.row.deleted_at is None)
        for held in alive:
            for old, new in plan.retyped:
                try:
                    convert(old, new, held.values[old.key], reading)
                except BadValue as fault:
                    loss = found.setdefault(new.key, _loss("not_convertible", new, 0, []))
                    loss["records"] += 1
                    if len(loss["samples"]) < SAMPLES:
                        loss["samples"].append(_sample(session, plan, held, old, fault))
        return [*found.values()]


def refuse(losses: Sequence[Loss], *, accepted: bool) -> None:
    """Raises NotUnique, TooLongToIndex, or ValuesLost unless that is accepted."""
    kinds = {loss["what"] for loss in losses}
    if "not_unique" in kinds:
        raise NotUnique({"losses": losses})
    if "too_long" in kinds:
        raise TooLongToIndex({"losses": losses})
    if losses and not accepted:
        raise ValuesLost({"losses": losses})


def _twice(session: Session, plan: Plan, field: Field) -> Loss | None:
    former = plan.old.by_key.get(field.key) if plan.old else None
    if plan.old is None or former is None or not field.unique or former.unique:
        return None
    table = queries.table_of(plan.old, plan.schema)
    query = queries.repeated(table, plan.old, former, SAMPLES)
    rows = TenantTables(session).execute(query).all()
    if not rows:
        return None
    samples = [
        {
            "record_id": None,
            "title": None,
            "value": _shown(session, former, _held(plan.old, former, row.value)),
            "message": None,
        }
        for row in rows
    ]
    return _loss("not_unique", field, sum(row.records for row in rows), samples)


def _too_long(session: Session, plan: Plan, field: Field) -> Loss | None:
    """Of a field that is in an index from now on; what has another type is converted first."""
    former = plan.old.by_key.get(field.key) if plan.old else None
    if plan.old is None or former is None or former.type != field.type:
        return None
    if plan.old.is_indexed(former) or not type_of(former).in_cell:
        return None
    table = queries.table_of(plan.old, plan.schema)
    query = queries.longer(table, plan.old, former, LONGEST_INDEXED)
    tables = TenantTables(session)
    rows = tables.execute(query.limit(SAMPLES)).all()
    if not rows:
        return None
    fault = BadValue("validation.too_long", {"max": LONGEST_INDEXED})
    samples = [_sample(session, plan, hold(plan.old, row), former, fault) for row in rows]
    for sample in samples:
        sample["value"] = f"{sample['value'][:SHOWN]}…"
    records = tables.execute(queries.counted(query.order_by(None))).scalar_one()
    return _loss("too_long", field, records, samples)


def _held(definition: Definition, field: Field, value: Any) -> Any:
    """What stands in a column is held already; `extra` gives text."""
    return value if definition.has_column(field) else type_of(field).hold(value)


def _loss(what: str, field: Field, records: int, samples: list[dict[str, Any]]) -> Loss:
    label = dict(field.label)
    return {"what": what, "field": field.key, "label": label, "records": records,
            "samples": samples}  # fmt: skip


def _sample(
    session: Session, plan: Plan, held: Held, field: Field, fault: BadValue
) -> dict[str, Any]:
    title = plan.old.by_key[plan.old.title_field] if plan.old else None
    named = held.values[title.key] if title else None
    return {
        "record_id": str(held.row.id),
        "title": _shown(session, title, named) if title and named is not None else None,
        "value": _shown(session, field, held.values[field.key]),
        "message": caption(fault.key, locale_of(session), fault.parameters),
    }


def _shown(session: Session, field: Field, held: Any) -> str:
    """As the designer may see it; a field as it was before says what is kept from whom."""
    masked = masked_type(field) is not None and not unmasked(session)
    if masked or not access(field, role_of(session)).is_clear:
        return type_of(field).veil(held)
    return as_text(field, held)
