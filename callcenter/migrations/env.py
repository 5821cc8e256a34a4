"""Alembic's environment: the owner's connection comes from `callcenter.migrations.__main__`."""

from typing import Any

from alembic import context

from callcenter.migrations.schema import METADATA


def _ours(_object: Any, _name: str | None, _type: str, reflected: bool, _to: Any) -> bool:
    # Data objects' tables lie in schemas of their own and are not ours to compare.
    return not reflected or getattr(_object, "schema", None) is None


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    include_object=_ours,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
