"""What a routing service is told: rules in their order, each with what must hold, and a target. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID


class ConditionKind(StrEnum):
    SCHEDULE = "schedule"
    CALLER = "caller"
    WITHHELD = "withheld"
    CALLED = "called"
    LIST = "list"
    CUSTOMER = "customer"
    FIELD = "field"
    WORK_ORDERS = "work_orders"
    ENTERED = "entered"
    LOAD = "load"
    SHARE = "share"


class Records(StrEnum):
    """How many customers have the caller's number."""

    NONE = "none"
    ONE = "one"
    SEVERAL = "several"


class Measure(StrEnum):
    """Of an agent service: who waits, agents ready for it, seconds that the first has waited."""

    WAITING = "waiting"
    READY = "ready"
    LONGEST_WAIT = "longest_wait"


class TargetKind(StrEnum):
    AGENT_SERVICE = "agent_service"
    IVR_SERVICE = "ivr_service"
    SEAT = "seat"
    EXTENSION = "extension"
    NUMBER = "number"
    CONFERENCE = "conference"
    MESSAGE = "message"
    VOICEMAIL = "voicemail"
    HANG_UP = "hang_up"
    ROUTING_SERVICE = "routing_service"


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold, or with `negated` must not. Which parts count, the kind says.

    id        of the schedule, list or service
    name      the customer's field, or what a flow has asked for
    values    any of them: beginnings of the caller's number, numbers called, values of the field
    at_least, at_most  bounds, both included: numbers, or days as `2026-03-01`
    percent   of the calls that come so far, as lots would have it
    """

    kind: ConditionKind
    negated: bool = False
    id: UUID | None = None
    name: str = ""
    values: tuple[str, ...] = ()
    at_least: str | None = None
    at_most: str | None = None
    records: Records | None = None
    measure: Measure | None = None
    percent: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """id: of a service, a user, an extension or a conference room; of `voicemail`: whose, none where

    it is told by who leads there. at_once: calls that may be with the number. ring_seconds: how
    long an extension is rung. say: by language.
    """

    kind: TargetKind
    id: UUID | None = None
    number: str = ""
    at_once: int = 0
    ring_seconds: int = 0
    say: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    tests: tuple[Condition, ...]
    target: Target


@dataclass(frozen=True, slots=True)
class Rules:
    """The first rule whose tests all hold has the call; `otherwise` where none does."""

    rules: tuple[Rule, ...]
    otherwise: Target

    def targets(self) -> Iterator[Target]:
        yield from (rule.target for rule in self.rules)
        yield self.otherwise

    def tests(self, *kinds: ConditionKind) -> Iterator[Condition]:
        return (test for rule in self.rules for test in rule.tests if test.kind in kinds)


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be read of the caller before the rules can be asked."""

    lists: frozenset[UUID] = frozenset()
    fields: frozenset[str] = frozenset()
    customer: bool = False
    work_orders: bool = False

    def __bool__(self) -> bool:
        return bool(self.lists) or self.customer


def needs_of(rules: Rules) -> Needs:
    lists = frozenset(test.id for test in rules.tests(ConditionKind.LIST) if test.id)
    fields = frozenset(test.name for test in rules.tests(ConditionKind.FIELD))
    orders = any(True for _ in rules.tests(ConditionKind.WORK_ORDERS))
    known = any(True for _ in rules.tests(ConditionKind.CUSTOMER))
    return Needs(lists, fields, bool(fields) or orders or known, orders)


def read_rules(document: Mapping[str, Any]) -> Rules:
    """document: as `routing.schemas.RulesShape` has loaded it, or as JSON keeps that."""
    return Rules(
        tuple(
            Rule(each["name"], tuple(map(_test, each["tests"])), read_target(each["target"]))
            for each in document["rules"]
        ),
        read_target(document["otherwise"]),
    )


def _test(given: Mapping[str, Any]) -> Condition:
    records, measure = given.get("records"), given.get("measure")
    return Condition(
        ConditionKind(given["kind"]),
        negated=given.get("negated", False),
        id=_id(given.get("id")),
        name=given.get("name") or "",
        values=tuple(_texts(given.get("values"))),
        at_least=given.get("at_least"),
        at_most=given.get("at_most"),
        records=Records(records) if records else None,
        measure=Measure(measure) if measure else None,
        percent=given.get("percent") or 0,
    )


def read_target(given: Mapping[str, Any]) -> Target:
    """given: as the schemas of targets keep it."""
    return Target(
        TargetKind(given["kind"]),
        id=_id(given.get("id")),
        number=given.get("number") or "",
        at_once=given.get("at_once") or 0,
        ring_seconds=given.get("ring_seconds") or 0,
        say=given.get("say"),
    )


def _id(given: Any) -> UUID | None:
    return UUID(str(given)) if given else None


def _texts(given: Sequence[str] | None) -> Sequence[str]:
    return given or ()
