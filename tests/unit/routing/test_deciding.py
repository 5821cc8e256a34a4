"""Which rule of a routing service has a call."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.core.ids import new_id
from callcenter.core.numbers import WITHHELD, parse_number
from callcenter.routing.deciding import Decision, Facts, Load, Told, decide, lot_of
from callcenter.routing.rules import (
    Condition,
    ConditionKind,
    Needs,
    Records,
    Rule,
    Rules,
    Target,
    TargetKind,
    needs_of,
    read_rules,
)

K = ConditionKind
SERVICE, SCHEDULE, LIST, UNKNOWN = (UUID(int=number) for number in range(1, 5))
YES, NO = Target(TargetKind.AGENT_SERVICE, SERVICE), Target(TargetKind.HANG_UP)
OUTSIDE = Target(TargetKind.NUMBER, number="02160000009", at_once=2)
FACTS = Facts(
    parse_number("13800000001"),
    "02160000001",
    is_open={SCHEDULE: True}.get,
    load={SERVICE: Load(waiting=3, ready=0, longest_wait=42.5)}.get,
    lot=lambda _place: 50.0,
    forwarded=lambda _number: 0,
    told=Told(frozenset({LIST}), 1, {"level": "gold", "points": 1200, "vip": True, "town": ""}, 2),
    entered={"code": "0042", "day": "2026-03-01"},
)


def a_test(kind: ConditionKind, **parts: Any) -> Condition:
    return Condition(kind, **parts)


def decided(*tests: Condition, facts: Facts = FACTS, target: Target = YES) -> Decision:
    return decide(Rules((Rule("r", tests, target),), NO), facts)


@pytest.mark.parametrize(
    ("test", "held"),
    [
        (a_test(K.SCHEDULE, id=SCHEDULE), True),
        (a_test(K.SCHEDULE, id=SCHEDULE, negated=True), False),
        (a_test(K.SCHEDULE, id=UNKNOWN), None),
        (a_test(K.SCHEDULE, id=UNKNOWN, negated=True), None),
        (a_test(K.CALLER, values=("139", "138")), True),
        (a_test(K.CALLER, values=("+86138",)), True),
        (a_test(K.CALLER, values=("021",)), False),
        (a_test(K.WITHHELD), False),
        (a_test(K.CALLED, values=("02160000001",)), True),
        (a_test(K.CALLED, values=("0216000000",)), False),
        (a_test(K.LIST, id=LIST), True),
        (a_test(K.LIST, id=UNKNOWN), False),
        (a_test(K.LIST, id=UNKNOWN, negated=True), True),
        (a_test(K.CUSTOMER, records=Records.ONE), True),
        (a_test(K.CUSTOMER, records=Records.NONE), False),
        (a_test(K.FIELD, name="level", values=("plain", "gold")), True),
        (a_test(K.FIELD, name="level", values=("silver", "plain")), False),
        (a_test(K.FIELD, name="points", values=("1200.0",)), True),
        (a_test(K.FIELD, name="points", at_least="1200"), True),
        (a_test(K.FIELD, name="points", at_least="1201"), False),
        (a_test(K.FIELD, name="points", at_least="90", at_most="5000"), True),
        (a_test(K.FIELD, name="vip", values=("true",)), True),
        (a_test(K.FIELD, name="town", values=("",)), False),
        (a_test(K.FIELD, name="unset", at_most="9"), False),
        (a_test(K.FIELD, name="unset", at_most="9", negated=True), True),
        (a_test(K.WORK_ORDERS, at_least="2"), True),
        (a_test(K.WORK_ORDERS, at_least="3"), False),
        (a_test(K.ENTERED, name="code", values=("42",)), True),
        (a_test(K.ENTERED, name="day", at_least="2026-02-28", at_most="2026-03-01"), True),
        (a_test(K.ENTERED, name="day", at_least="2026-03-02"), False),
        (a_test(K.ENTERED, name="nothing", values=("x",)), False),
        (a_test(K.LOAD, id=SERVICE, measure="waiting", at_least="3"), True),
        (a_test(K.LOAD, id=SERVICE, measure="ready", at_least="1"), False),
        (a_test(K.LOAD, id=SERVICE, measure="longest_wait", at_least="43"), False),
        (a_test(K.LOAD, id=UNKNOWN, measure="waiting", at_least="0"), None),
        (a_test(K.SHARE, percent=51), True),
        (a_test(K.SHARE, percent=50), False),
    ],
    ids=lambda value: f"{value.kind}" if isinstance(value, Condition) else str(value),
)
def test_a_test_holds_or_does_not_or_is_unknown(test: Condition, held: bool | None) -> None:
    decision = decided(test)
    assert decision.steps[0].answers[0].held is held
    assert decision.target == (YES if held else NO)


@pytest.mark.parametrize(
    "test",
    [
        a_test(K.LIST, id=LIST),
        a_test(K.CUSTOMER, records=Records.NONE),
        a_test(K.FIELD, name="level", values=("gold",)),
        a_test(K.WORK_ORDERS, at_most="5"),
    ],
    ids=lambda test: test.kind,
)
def test_what_could_not_be_read_is_unknown_and_holds_nothing_negated_or_not(
    test: Condition,
) -> None:
    for asked in (test, replace(test, negated=True)):
        decision = decided(asked, facts=replace(FACTS, told=Told()))
        assert (decision.steps[0].answers[0].held, decision.target) == (None, NO)


def test_a_withheld_number_begins_with_nothing() -> None:
    facts = replace(FACTS, caller=WITHHELD)
    assert decided(a_test(K.CALLER, values=("1",)), facts=facts).target == NO
    assert decided(a_test(K.WITHHELD), facts=facts).target == YES


def test_all_tests_of_a_rule_must_hold_and_a_rule_without_any_does() -> None:
    yes, no = a_test(K.SHARE, percent=99), a_test(K.SHARE, percent=1)
    assert decided(yes, no).target == NO
    assert decided(yes, yes).target == YES
    assert decided().place == 0


def test_the_first_rule_that_holds_has_the_call_and_no_further_one_is_asked() -> None:
    rules = Rules(
        (
            Rule("a", (a_test(K.SHARE, percent=1),), NO),
            Rule("b", (), YES),
            Rule("c", (), OUTSIDE),
        ),
        NO,
    )
    decision = decide(rules, FACTS)
    assert (decision.target, decision.place, len(decision.steps)) == (YES, 1, 2)


def test_a_number_with_as_many_calls_as_may_be_is_passed_over() -> None:
    free = decided(facts=replace(FACTS, forwarded=lambda _number: 1), target=OUTSIDE)
    assert free.target == OUTSIDE
    full = decided(facts=replace(FACTS, forwarded=lambda _number: 2), target=OUTSIDE)
    assert (full.target, full.steps[0].full, full.steps[0].held) == (NO, True, False)


def test_where_no_rule_holds_and_the_number_is_full_nothing_comes_after_it() -> None:
    rules = Rules((), OUTSIDE)
    free = decide(rules, replace(FACTS, forwarded=lambda _number: 1))
    assert (free.target, free.otherwise) == (OUTSIDE, OUTSIDE)
    full = decide(rules, replace(FACTS, forwarded=lambda _number: 2))
    assert (full.target, full.otherwise) == (None, None)


@given(st.integers(1, 99), st.integers(0, 49))
def test_shares_come_out_as_asked_and_are_one_calls_own(percent: int, place: int) -> None:
    calls = [new_id() for _ in range(600)]
    lots = [lot_of(call, place) for call in calls]
    assert lots == [lot_of(call, place) for call in calls]
    assert all(0 <= lot < 100 for lot in lots)
    share = sum(lot < percent for lot in lots) / 6
    assert abs(share - percent) < 12


def test_what_must_be_read_is_what_the_rules_ask() -> None:
    def needs(*tests: Condition) -> Needs:
        return needs_of(Rules((Rule("r", tests, YES),), NO))

    assert not needs(a_test(K.SCHEDULE, id=SCHEDULE), a_test(K.SHARE, percent=5))
    assert needs(a_test(K.LIST, id=LIST)) == Needs(frozenset({LIST}))
    field = needs(a_test(K.FIELD, name="level", values=("x",)))
    assert field == Needs(fields=frozenset({"level"}), customer=True)
    assert needs(a_test(K.WORK_ORDERS, at_least="1")) == Needs(customer=True, work_orders=True)
    assert needs(a_test(K.CUSTOMER, records=Records.ONE)) == Needs(customer=True)


def test_rules_are_read_as_json_keeps_them() -> None:
    document: Mapping[str, Any] = {
        "rules": [
            {
                "name": "r",
                "tests": [
                    {"kind": "field", "name": "level", "values": ["gold"], "at_least": None},
                    {"kind": "load", "id": str(SERVICE), "measure": "ready", "at_most": "0"},
                ],
                "target": {"kind": "number", "number": "021", "at_once": 2},
            }
        ],
        "otherwise": {"kind": "message", "say": {"en": "x", "zh-CN": "y"}},
    }
    rules = read_rules(document)
    field, load = rules.rules[0].tests
    assert field == a_test(K.FIELD, name="level", values=("gold",))
    assert load == a_test(K.LOAD, id=SERVICE, measure="ready", at_most="0")
    assert rules.rules[0].target == Target(TargetKind.NUMBER, number="021", at_once=2)
    assert [target.kind for target in rules.targets()] == ["number", "message"]
