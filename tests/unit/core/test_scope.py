"""Who may do what, and for whom work is done."""

import pytest

from callcenter.core.errors import Forbidden
from callcenter.core.ids import new_id
from callcenter.core.permissions import FOR_KEYS, GRANTS, Permission, Role
from callcenter.core.tenant import Actor, Scope


def actor(role):
    return Actor(new_id(), new_id(), "x", "X", role, permissions=Actor.permissions_of(role))


def test_every_role_has_its_grants():
    assert set(GRANTS) == set(Role)


def test_every_permission_is_somebodys_or_a_programs():
    assert set().union(*GRANTS.values(), FOR_KEYS) == set(Permission)


def test_nobody_but_operators_manages_the_platform():
    platform = {Permission.PLATFORM_MANAGE, Permission.PLATFORM_AUDIT}
    assert GRANTS[Role.OPERATOR] == platform
    for role in set(Role) - {Role.OPERATOR}:
        assert not GRANTS[role] & platform


@pytest.mark.parametrize("role", [Role.AGENT, Role.CONF, Role.INSPECTOR])
def test_customers_numbers_are_masked_for(role):
    assert Permission.NUMBERS_UNMASKED not in GRANTS[role]


@pytest.mark.parametrize("role", [Role.AGENT, Role.INSPECTOR])
def test_records_are_not_deleted_by(role):
    assert Permission.RECORDS_DELETE not in GRANTS[role]


def test_an_actor_may_only_what_was_granted():
    assert not Actor(new_id(), new_id(), "x", "X", Role.ADMIN).may(Permission.RECORDS_READ)
    assert actor(Role.AGENT).may(Permission.RECORDS_READ)


def test_a_scope_is_one_enterprises_or_the_platforms():
    one = actor(Role.ADMIN)
    assert Scope.of(one).enterprise_id == one.enterprise_id
    assert not Scope.of(one).is_platform
    assert Scope.platform(one).is_platform


def test_what_needs_somebody_is_refused_to_nobody():
    with pytest.raises(Forbidden):
        Scope.platform().require_actor()


def test_what_needs_a_permission_is_refused_without_it():
    scope = Scope.of(actor(Role.AGENT))
    assert scope.require(Permission.CALLS_DIAL) is scope.actor
    with pytest.raises(Forbidden):
        scope.require(Permission.ENTERPRISE_MANAGE)
