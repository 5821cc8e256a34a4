"""Which rule of a routing service has a call, and why not those before it. Pure.

A test that cannot be answered (the record was not read, the schedule is gone) is unknown, and a
rule with an unknown test does not hold: the call goes on to the next.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from callcenter.core.numbers import Number, NumberKind
from callcenter.routing.rules import (
    Condition,
    ConditionKind,
    Measure,
    Records,
    Rules,
    Target,
    TargetKind,
)

Value = str | int | float | bool
HUNDRED = 100.0


@dataclass(frozen=True, slots=True)
class Told:
    """What was read of a caller; None for what was not asked for, or could not be read.

    lists: those that the number stands on. fields: of the only customer with this number.
    """

    lists: frozenset[UUID] | None = None
    records: int | None = None
    fields: Mapping[str, Value] = field(default_factory=dict)
    work_orders: int | None = None


@dataclass(frozen=True, slots=True)
class Load:
    waiting: int = 0
    ready: int = 0
    longest_wait: float = 0.0


@dataclass(frozen=True)
class Facts:
    """
    is_open  of a schedule, now; None for one that there is not
    load     of an agent service; None likewise
    lot      of the rule with this place, 0 to below 100: equal for one call, even among many
    forwarded  the enterprise's calls that are with an outside number, whichever way they came there
    """

    caller: Number
    called: str
    is_open: Callable[[UUID], bool | None]
    load: Callable[[UUID], Load | None]
    lot: Callable[[int], float]
    forwarded: Callable[[str], int]
    told: Told = Told()
    entered: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """held: None where it is unknown. seen: what was found there, for a person."""

    held: bool | None
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """full: the tests held, but as many calls as may be are with its number."""

    place: int
    held: bool
    answers: tuple[Answer, ...]
    full: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """place: of the rule that has the call; None: none held, and `otherwise` has it.

    otherwise: for a call that the target does not take; None where as many calls as may be are
    with its number. Then `target` is None too if no rule held.
    """

    target: Target | None
    place: int | None
    steps: tuple[Step, ...]
    otherwise: Target | None


def decide(rules: Rules, facts: Facts) -> Decision:
    steps: list[Step] = []
    otherwise = None if _is_full(rules.otherwise, facts) else rules.otherwise
    for place, rule in enumerate(rules.rules):
        answers = tuple(_answered(test, facts, place) for test in rule.tests)
        holds = all(answer.held for answer in answers)
        full = holds and _is_full(rule.target, facts)
        steps.append(Step(place, holds and not full, answers, full))
        if steps[-1].held:
            return Decision(rule.target, place, tuple(steps), otherwise)
    return Decision(otherwise, None, tuple(steps), otherwise)


def lot_of(call_id: UUID, place: int) -> float:
    """The same for every question about one call, and without a pattern over calls."""
    drawn = hashlib.sha256(f"{call_id}:{place}".encode()).digest()
    return int.from_bytes(drawn[:4]) / 2**32 * HUNDRED


def _is_full(target: Target, facts: Facts) -> bool:
    if target.kind is not TargetKind.NUMBER or not target.at_once:
        return False
    return facts.forwarded(target.number) >= target.at_once


def _answered(test: Condition, facts: Facts, place: int) -> Answer:
    answer = _ANSWERS[test.kind](test, facts, place)
    if answer.held is None or not test.negated:
        return answer
    return Answer(not answer.held, answer.seen)


def _schedule(test: Condition, facts: Facts, _place: int) -> Answer:
    open_ = facts.is_open(test.id) if test.id else None
    return Answer(open_, "" if open_ is None else ("open" if open_ else "closed"))


def _caller(test: Condition, facts: Facts, _place: int) -> Answer:
    number = facts.caller
    if number.kind is NumberKind.WITHHELD:
        return Answer(False)
    forms = (number.national, number.value)
    begins = any(form.startswith(value) for form in forms for value in test.values)
    return Answer(begins, number.national)


def _withheld(_test: Condition, facts: Facts, _place: int) -> Answer:
    return Answer(facts.caller.kind is NumberKind.WITHHELD)


def _called(test: Condition, facts: Facts, _place: int) -> Answer:
    return Answer(facts.called in test.values, facts.called)


def _list(test: Condition, facts: Facts, _place: int) -> Answer:
    lists = facts.told.lists
    return Answer(None if lists is None else test.id in lists)


def _customer(test: Condition, facts: Facts, _place: int) -> Answer:
    records = facts.told.records
    if records is None:
        return Answer(None)
    found = {0: Records.NONE, 1: Records.ONE}.get(records, Records.SEVERAL)
    return Answer(found is test.records, str(records))


def _field(test: Condition, facts: Facts, _place: int) -> Answer:
    if facts.told.records is None:
        return Answer(None)
    return _compared(test, facts.told.fields.get(test.name))


def _entered(test: Condition, facts: Facts, _place: int) -> Answer:
    return _compared(test, facts.entered.get(test.name))


def _work_orders(test: Condition, facts: Facts, _place: int) -> Answer:
    orders = facts.told.work_orders
    if orders is None:
        return Answer(None)
    return Answer(_within(orders, test), str(orders))


def _load(test: Condition, facts: Facts, _place: int) -> Answer:
    load = facts.load(test.id) if test.id else None
    if load is None or test.measure is None:
        return Answer(None)
    value = getattr(load, Measure(test.measure).value)
    return Answer(_within(value, test), str(round(value)))


def _share(test: Condition, facts: Facts, place: int) -> Answer:
    lot = facts.lot(place)
    return Answer(lot < test.percent, str(int(lot)))


_ANSWERS: Mapping[ConditionKind, Callable[[Condition, Facts, int], Answer]] = {
    ConditionKind.SCHEDULE: _schedule,
    ConditionKind.CALLER: _caller,
    ConditionKind.WITHHELD: _withheld,
    ConditionKind.CALLED: _called,
    ConditionKind.LIST: _list,
    ConditionKind.CUSTOMER: _customer,
    ConditionKind.FIELD: _field,
    ConditionKind.WORK_ORDERS: _work_orders,
    ConditionKind.ENTERED: _entered,
    ConditionKind.LOAD: _load,
    ConditionKind.SHARE: _share,
}


def _compared(test: Condition, value: Value | None) -> Answer:
    """An empty value is none of the values and within no bounds."""
    if value is None or value == "":
        return Answer(False)
    if test.values:
        number = _number(value)
        equal = number is not None and number in map(_number, test.values)
        return Answer(equal or _text(value) in test.values, _text(value))
    return Answer(_within(value, test), _text(value))


def _within(value: Value, test: Condition) -> bool:
    """As numbers where both are; else as texts, which is how days are told in order."""
    for bound, wrong in ((test.at_least, -1), (test.at_most, 1)):
        if bound is None:
            continue
        here, there = _number(value), _number(bound)
        if here is None or there is None:
            order = (_text(value) > bound) - (_text(value) < bound)
        else:
            order = (here > there) - (here < there)
        if order == wrong:
            return False
    return True


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(value: Value) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except ValueError:
        return None
