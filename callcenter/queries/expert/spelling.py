"""How names and values are written into a statement, for PostgreSQL and psycopg. Pure.

A percent sign is doubled everywhere: what is written is a format to psycopg.
"""

import re
from typing import Any

from sqlalchemy import Dialect, Select

from callcenter.queries.expert.parts import POSTGRESQL, Parameter

_NAMED = re.compile(r"%\((\w+)\)s")
_NUMBER = re.compile(r"[0-9]{1,30}(\.[0-9]{0,20})?\Z|\.[0-9]{1,20}\Z")


def name(text: str) -> str:
    doubled = text.replace('"', '""').replace("%", "%%")
    return f'"{doubled}"'


def text(value: str) -> str:
    """Whatever `standard_conforming_strings` says, a backslash is one."""
    doubled = value.replace("'", "''").replace("%", "%%")
    if "\\" not in value:
        return f"'{doubled}'"
    escaped = doubled.replace("\\", "\\\\")
    return f"E'{escaped}'"


def is_number(value: str) -> bool:
    return _NUMBER.match(value) is not None


def bound(parameter: str, declared: Parameter) -> str:
    """A parameter with its type: a value alone does not tell whether it is a day or a text."""
    kind = POSTGRESQL[declared.type] + ("[]" if declared.many else "")
    return f"%({key_of(parameter)})s::{kind}"


def key_of(parameter: str) -> str:
    """Apart from the parameters that the product itself binds."""
    return f"p_{parameter}"


def spelled(statement: Select[Any], dialect: Dialect, prefix: str) -> tuple[str, dict[str, Any]]:
    """A statement of the product's own, and its values; their names begin with `prefix`."""
    compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    written = _NAMED.sub(lambda match: f"%({prefix}{match[1]})s", str(compiled))
    return written, {f"{prefix}{name}": value for name, value in compiled.params.items()}
