"""What expert mode refuses, and why."""

import pytest

from callcenter.queries.expert.parts import BadStatement
from callcenter.queries.expert.reading import read
from tests.support.hostile import HOSTILE, hostile
from tests.unit.queries.expert.world import PARAMETERS, RELATIONS, parts


@pytest.mark.parametrize("reason", HOSTILE)
def test_each_is_refused_with_its_reason(reason: str) -> None:
    told = {(part, text): _reasons(part, text) for part, text in HOSTILE[reason]}
    assert {each: said for each, said in told.items() if reason not in said} == {}


def test_there_are_enough_of_them() -> None:
    assert len({text for _, _, text in hostile()}) >= 300


def _reasons(part: str, text: str) -> set[str]:
    """Of its own text; nothing for what is let through."""
    try:
        read(parts(**{part: text}), RELATIONS, PARAMETERS)
    except BadStatement as refused:
        return {problem.key for problem in refused.problems if problem.part == part}
    return set()
