"""Where a number leads, and which trunk carries a call out."""

import pytest

from callcenter.core.ids import new_id
from callcenter.routing.service import Route, RouteKind, RoutingPlan
from callcenter.tenancy.service import EnterprisePlan, NumberPlan, TrunkPlan

NUMBER = "02160000001"
TARGET = new_id()


def enterprise(code="100001", *, active=True):
    return EnterprisePlan(new_id(), code, code, "021", "Asia/Shanghai", active, None)


def trunk(name="demo", *, enabled=True):
    return TrunkPlan(
        new_id(), name, f"trunk-{name}", "127.0.0.1", 5060, "udp", 60, "", enabled=enabled
    )


def number(of, over, digits=NUMBER, *, kind="agent_service", target=TARGET, enabled=True):
    owner = of.id if of else None
    return NumberPlan(new_id(), digits, over.id, owner, kind, target, enabled)


def plan(enterprises=(), trunks=(), numbers=()):
    return RoutingPlan(
        {each.id: each for each in enterprises},
        {each.id: each for each in trunks},
        {each.number: each for each in numbers},
        {},
    )


def resolve(found, called=NUMBER):
    return found.resolve(called)


@pytest.mark.parametrize("kind", ["agent_service", "ivr_service", "routing_service"])
def test_a_number_leads_to_what_its_strategy_says(kind):
    house, line = enterprise(), trunk()
    found = plan([house], [line], [number(house, line, kind=kind)])
    assert resolve(found) == Route(house.id, RouteKind(kind), TARGET)


def test_an_unknown_number_leads_to_nobody():
    assert resolve(plan(), "02169999999") is None


def test_a_number_that_is_bound_to_nobody_leads_to_nobody():
    line = trunk()
    assert resolve(plan([enterprise()], [line], [number(None, line)])) is None


def test_a_paused_number_tells_its_callers_so():
    house, line = enterprise(), trunk()
    found = plan([house], [line], [number(house, line, enabled=False)])
    assert resolve(found) == Route(house.id, RouteKind.PAUSED)


def test_a_suspended_enterprise_takes_no_calls():
    house, line = enterprise(active=False), trunk()
    found = plan([house], [line], [number(house, line)])
    assert resolve(found) == Route(house.id, RouteKind.PAUSED)


@pytest.mark.parametrize(
    ("kind", "target"),
    [(None, None), ("agent_service", None), (None, TARGET), ("of_another_world", TARGET)],
)
def test_a_number_without_a_whole_strategy_is_closed(kind, target):
    house, line = enterprise(), trunk()
    found = plan([house], [line], [number(house, line, kind=kind, target=target)])
    assert resolve(found) == Route(house.id, RouteKind.CLOSED)


def test_a_call_out_takes_the_trunk_of_the_number_it_shows():
    house, one, other = enterprise(), trunk("one"), trunk("other")
    numbers = [number(house, one, "0211"), number(house, other, "0212")]
    found = plan([house], [one, other], numbers)
    assert found.trunk_for(house.id, "0212") == other
    assert found.trunk_for(house.id, "0211") == one


def test_a_number_of_another_enterprise_is_not_shown():
    house, neighbour, one, other = enterprise(), enterprise("100002"), trunk("one"), trunk("other")
    numbers = [number(house, one, "0211"), number(neighbour, other, "0212")]
    found = plan([house, neighbour], [one, other], numbers)
    assert found.trunk_for(house.id, "0212") == one
    assert [each.number for each in found.numbers_of(house.id)] == ["0211"]


@pytest.mark.parametrize("broken", ["number", "trunk", "none"])
def test_without_a_number_and_trunk_at_work_there_is_no_call_out(broken):
    house, line = enterprise(), trunk(enabled=broken != "trunk")
    numbers = [] if broken == "none" else [number(house, line, enabled=broken != "number")]
    assert plan([house], [line], numbers).trunk_for(house.id, NUMBER) is None
