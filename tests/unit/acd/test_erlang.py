"""Erlang's formulas against figures that anybody can look up, and against each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.acd.erlang import Overloaded, Staffing


@pytest.mark.parametrize(
    ("agents", "load", "waits"), [(1, 0.5, 0.5), (2, 1.0, 1 / 3), (10, 8.0, 0.4092), (14, 10.0, 0.1741)]
)  # fmt: skip
def test_the_chance_of_waiting_is_that_of_the_tables(agents, load, waits) -> None:
    assert 1 - Staffing(agents, 180 / load, 180).no_wait == pytest.approx(waits, abs=1e-4)


def test_the_textbook_centre() -> None:
    """100 calls in half an hour of three minutes each: 14 agents answer 88.8 % within 20 s."""
    centre = Staffing(14, 18, 180)
    assert centre.answered_within(20) == pytest.approx(0.888, abs=0.001)
    assert centre.mean_wait == pytest.approx(7.8, abs=0.1)
    assert centre.occupancy == pytest.approx(10 / 14)
    assert centre.abandons == pytest.approx(0, abs=1e-9)


def test_more_work_than_agents_has_no_answer_unless_callers_give_up() -> None:
    with pytest.raises(Overloaded):
        Staffing(10, 18, 180)
    assert 0 < Staffing(10, 18, 180, 60).abandons < 0.2


def test_endless_patience_is_erlang_c() -> None:
    patient, endless = Staffing(10, 22, 180, 1e7), Staffing(10, 22, 180)
    assert patient.answered_within(20) == pytest.approx(endless.answered_within(20), abs=1e-4)
    assert patient.mean_wait == pytest.approx(endless.mean_wait, rel=1e-3)


def test_no_patience_at_all_is_erlang_b() -> None:
    """Two agents, one Erlang: one call in five is lost."""
    assert Staffing(2, 180, 180, 1e-6).abandons == pytest.approx(0.2, abs=1e-4)


@given(st.integers(1, 60), st.floats(0.2, 1.5), st.floats(5, 600), st.floats(0, 120))
def test_shares_are_shares_and_time_only_helps(agents, load, patience, seconds) -> None:
    centre = Staffing(agents, 180 / agents / load, 180, patience)
    within, longer = centre.answered_within(seconds), centre.answered_within(seconds + 30)
    answered = 1 - centre.abandons
    assert 0 <= centre.no_wait <= within + 1e-9
    assert within <= longer + 1e-6
    assert longer <= answered + 1e-6
    assert 0 < centre.occupancy <= 1
