"""Scoring: pure."""

import pytest

from callcenter.core.errors import Invalid
from callcenter.quality.service import best_total, check_answers, total_of

FORM = {
    "fatal": [{"key": "leak"}],
    "groups": [
        {"key": "a", "items": [{"key": "one", "points": [10, 5, 0]}]},
        {"key": "b", "items": [{"key": "two", "points": [15, 0]}]},
    ],
}


def body(**change: object) -> dict:
    return {"answers": {"one": 5, "two": 15}, "fatal": [], "marks": [], **change}


def test_the_best_total_is_the_sum_of_the_best_points() -> None:
    assert best_total(FORM) == 25


def test_a_fatal_fault_makes_it_nothing() -> None:
    assert total_of({"one": 5, "two": 15}, []) == 20
    assert total_of({"one": 5, "two": 15}, ["leak"]) == 0


def test_a_draft_may_leave_items_out_a_submitted_score_may_not() -> None:
    check_answers(FORM, body(answers={"one": 5}), complete=False)
    with pytest.raises(Invalid) as refused:
        check_answers(FORM, body(answers={"one": 5}), complete=True)
    assert refused.value.fields == {"answers.two": ["validation.required"]}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"answers": {"one": 7, "two": 15}}, "answers.one"),
        ({"answers": {"one": 5, "two": 15, "three": 1}}, "answers.three"),
        ({"fatal": ["theft"]}, "fatal.theft"),
        ({"marks": [{"item": "three"}]}, "marks.0.item"),
    ],
)
def test_only_what_the_form_offers_can_be_given(change: dict, place: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_answers(FORM, body(**change), complete=True)
    assert list(refused.value.fields) == [place]
