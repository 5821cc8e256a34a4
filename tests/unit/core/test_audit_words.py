"""The audit page has a word for each act and thing that the product writes down."""

import ast
import json
from collections.abc import Iterator

import pytest

from callcenter.core.i18n import LOCALES
from callcenter.core.places import PROJECT

PAGES = PROJECT / "agent_ui" / "src" / "shared" / "i18n"


def _written() -> Iterator[tuple[str | None, str | None]]:
    """The act and the thing of each record, where the source says them outright."""
    for file in (PROJECT / "callcenter").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr == "record" and "audit" in ast.unparse(node.func.value):
                _session, act, thing = node.args[:3]
                yield _said(act), _said(thing)


def _said(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) else None  # type: ignore[return-value]


@pytest.mark.parametrize("locale", LOCALES)
def test_each_act_and_each_thing_has_a_word(locale: str) -> None:
    acts, things = (
        json.loads((PAGES / locale / f"{name}.json").read_text("utf-8"))
        for name in ("act", "entity")
    )
    written = list(_written())
    assert len(written) > 50
    assert {act.split(".")[-1] for act, _ in written if act} <= acts.keys()
    assert {thing for _, thing in written if thing} <= things.keys()
