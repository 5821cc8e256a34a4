"""How long a name or an address waits after failed attempts."""

import pytest

from callcenter.people.service.sessions import FREE_ATTEMPTS, delay_after


def test_the_first_attempts_cost_nothing():
    assert [delay_after(n, FREE_ATTEMPTS) for n in range(FREE_ATTEMPTS)] == [0.0] * FREE_ATTEMPTS


def test_then_the_delay_doubles_up_to_a_quarter_of_an_hour():
    delays = [delay_after(FREE_ATTEMPTS + n, FREE_ATTEMPTS) for n in range(12)]
    assert delays[:4] == [5.0, 10.0, 20.0, 40.0]
    assert delays == sorted(delays)
    assert delays[-1] == 900.0


@pytest.mark.parametrize("failures", [100, 10_000, 1_000_000])
def test_very_many_failures_break_nothing(failures):
    assert delay_after(failures, FREE_ATTEMPTS) == 900.0
