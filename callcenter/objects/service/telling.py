"""Problems of a document in the words of whoever reads them."""

from collections.abc import Iterable
from typing import Any

from callcenter.core.i18n import caption
from callcenter.core.messages import localise
from callcenter.objects.rules import Problem


def told(problems: Iterable[Problem], locale: str) -> list[dict[str, str]]:
    """As `schemas.design.Problem` says."""
    return [
        {"path": each.path, "message": localise(each.key, locale, _in_words(each, locale))}
        for each in problems
    ]


def _in_words(problem: Problem, locale: str) -> dict[str, Any]:
    kinds = {"kind", "wanted"}
    return {
        name: caption(f"kind.{value}", locale) if name in kinds else value
        for name, value in problem.parameters.items()
    }
