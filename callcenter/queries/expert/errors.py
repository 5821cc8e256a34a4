"""Refusals of what somebody wrote."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import ClassVar

from callcenter.core.errors import AppError
from callcenter.queries.expert.parts import Problem


class BadText(AppError):
    """It is not carried out; details: {"problems": each with its place, as `parts.Problem`}."""

    code: ClassVar[str] = "bad-query-text"
    status: ClassVar[int] = 422

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__({"problems": [asdict(each) for each in problems]})
        self.problems = tuple(problems)


class TooDear(AppError):
    """PostgreSQL believes it to cost more than it may; details: {"cost", "most"}, in its units."""

    code: ClassVar[str] = "query-too-dear"
    status: ClassVar[int] = 422
