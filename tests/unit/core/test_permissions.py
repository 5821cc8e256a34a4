"""What roles may do, and what an enterprise's options take away or give."""

import pytest

from callcenter.core.permissions import GRANTS, Permission, Role, granted

P = Permission


@pytest.mark.parametrize("role", list(Role))
def test_without_options_a_role_has_what_it_is_granted(role: Role) -> None:
    assert granted(role, {}) == GRANTS[role]
    assert granted(role, {"outbound": True, "masked_numbers": True}) == GRANTS[role]


@pytest.mark.parametrize(
    ("option", "taken"),
    [
        ("outbound", {P.CALLS_DIAL, P.CALLING_TASKS_WORK}),
        ("calling_tasks", {P.CALLING_TASKS_WORK}),
        ("appointments_menu", {P.APPOINTMENTS_KEEP}),
    ],
)
def test_an_option_that_is_off_takes_from_agents(option: str, taken: set[Permission]) -> None:
    assert GRANTS[Role.AGENT] - granted(Role.AGENT, {option: False}) == taken


def test_numbers_are_shown_to_whoever_reads_records_where_nothing_is_masked() -> None:
    shown = {
        role for role in Role if P.NUMBERS_UNMASKED in granted(role, {"masked_numbers": False})
    }
    assert shown == {role for role in Role if P.RECORDS_READ in GRANTS[role]}
