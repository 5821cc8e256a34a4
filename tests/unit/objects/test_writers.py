"""Nobody writes records past `TenantTables`, which is told to whoever keeps copies of them."""

import ast
from pathlib import Path

import pytest

from callcenter.core.places import PROJECT

PACKAGES = ("callcenter", "dialer", "ivr")
ELSEWHERE = {
    "callcenter/core/db.py",
    "callcenter/core/rows.py",
    "callcenter/automation/tasks/rows.py",
    "callcenter/queries/service/estimating.py",
}
"""The guard itself, rows of the platform's own tables, the timetable of all enterprises at once, and
the plan of a select that is bound already: a text around it that only explains."""

FILES = sorted(
    file
    for package in PACKAGES
    for file in (PROJECT / package).rglob("*.py")
    if file.relative_to(PROJECT).parts[:2] != ("callcenter", "migrations")
)
WRITING = ("INSERT INTO ", "UPDATE ", "DELETE FROM ", "TRUNCATE ", "MERGE INTO ", "COPY ")


def texts(file: Path) -> list[str]:
    tree = ast.parse(file.read_text("utf-8"))
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return [each.lstrip() for each in constants if isinstance(each, str)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PROJECT)))
def test_no_statement_that_writes_is_hidden_in_a_text(file: Path) -> None:
    assert [each for each in texts(file) if each.startswith(WRITING)] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PROJECT)))
def test_nobody_else_lets_a_statement_pass_the_guard(file: Path) -> None:
    if str(file.relative_to(PROJECT)) not in ELSEWHERE:
        assert "SCOPED" not in file.read_text("utf-8")
