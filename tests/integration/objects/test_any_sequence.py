"""Any sequence of definition changes, with records made and changed in between, keeps every value.

The model is a plain dictionary: for each field and type it ever had, the value of every record. A
publication converts what is shown; what it cannot convert it says, and leaves where it was.
"""

import os
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from callcenter.objects.errors import BadValue
from callcenter.objects.service.converting import convert
from callcenter.objects.types import TYPES
from callcenter.objects.types.base import Field, Reading
from tests.integration.objects.shaping import RECORDS, Shaping, a_field, label, sweep
from tests.support.office import Caller

pytestmark = pytest.mark.integration

READING = Reading("021", ZoneInfo("Asia/Shanghai"), *[lambda *_: True] * 3)
OPTIONS = {
    "options": [{"value": "12", "label": label("十二")}, {"value": "b", "label": label("乙")}]
}
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "text": st.sampled_from(["12", "viel", "2026-11-24", "是", "乙"]),
    "integer": st.integers(-20, 20),
    "decimal": st.decimals(-20, 20, places=2).map(str),
    "date": st.sampled_from(["2026-11-24", "2026-12-31"]),
    "boolean": st.booleans(),
    "choice": st.sampled_from(["12", "b"]),
    "rich_text": st.sampled_from(["<p>12</p>", "<h2>乙</h2><p>甲</p>"]),
    "region": st.sampled_from(["330106", "110101"]),
}
KEYS = ("first", "second")
FLAGS = st.fixed_dictionaries({}, optional={"indexed": st.just(True), "searched": st.just(True)})
EXAMPLES = int(os.environ.get("TEST_SEQUENCES", "4"))


def the_field(key: str, kind: str, flags: dict[str, bool]) -> dict[str, Any]:
    more = {"settings": OPTIONS} if kind == "choice" else {}
    return a_field(key, kind, **flags, **more)


def plain(document: dict[str, Any]) -> Field:
    return Field(group="main", **document)


class Sequence(RuleBasedStateMachine):
    """shown: the fields in force; values: (field, type) → record → stored value."""

    conf: Caller
    admin: Caller

    @initialize()
    def begin(self) -> None:
        self.pumps = Shaping(self.conf)
        self.shown: dict[str, dict[str, Any]] = {}
        self.values: dict[tuple[str, str], dict[str, Any]] = {}
        self.records: dict[str, int] = {}
        self.pumps.published()

    @rule(key=st.sampled_from(KEYS), kind=st.sampled_from([*KINDS]), flags=FLAGS)
    def shape(self, key: str, kind: str, flags: dict[str, bool]) -> None:
        self._shape(key, kind, flags)

    @precondition(lambda self: self.shown)
    @rule(data=st.data(), kind=st.sampled_from([*KINDS]))
    def shape_and_think_better_of_it(self, data: Any, kind: str) -> None:
        key = data.draw(st.sampled_from(sorted(self.shown)))
        before = self.shown[key]["type"]
        self._shape(key, kind, {"indexed": True})
        self._shape(key, before, {"indexed": True})

    def _shape(self, key: str, kind: str, flags: dict[str, bool]) -> None:
        """A field appears, comes back, changes its type or its flags."""
        new = the_field(key, kind, flags)
        old = self.shown.get(key)
        lost = self._convert(old, new) if old and old["type"] != kind else 0
        self.shown[key] = new
        self.values.setdefault((key, kind), {})
        self.pumps.fields(*self.shown.values())
        losses = self.conf.post("/design/objects/pump/check", {}).json["losses"]
        assert sum(loss["records"] for loss in losses) == lost
        assert self.pumps.publish().status_code == (409 if lost else 200)
        if lost:
            assert self.pumps.publish(accept_losses=True).status_code == 200

    def _convert(self, old: dict[str, Any], new: dict[str, Any]) -> int:
        lost = 0
        there = self.values.setdefault((new["key"], new["type"]), {})
        for record, stored in self.values[old["key"], old["type"]].items():
            if stored is None:
                continue
            try:
                held = TYPES[old["type"]].hold(stored)
                value = convert(plain(old), plain(new), held, READING)
                there[record] = TYPES[new["type"]].store(value)
            except BadValue:
                lost += 1
        return lost

    @precondition(lambda self: self.shown)
    @rule(data=st.data())
    def hide(self, data: Any) -> None:
        del self.shown[data.draw(st.sampled_from(sorted(self.shown)))]
        self.pumps.published(*self.shown.values())

    @rule(data=st.data())
    def make(self, data: Any) -> None:
        given = self._drawn(data)
        answer = self.admin.post(RECORDS, {"values": {"name": "泵", **given}})
        assert answer.status_code == 201, answer.json
        self.records[answer.json["id"]] = 1
        self._keep(answer.json["id"], given)

    @precondition(lambda self: self.records)
    @rule(data=st.data())
    def change(self, data: Any) -> None:
        record = data.draw(st.sampled_from(sorted(self.records)))
        given = self._drawn(data)
        version = self.records[record]
        answer = self.admin.send("PATCH", f"{RECORDS}/{record}", {"values": given}, version=version)
        assert answer.status_code == 200, answer.json
        self.records[record] = answer.json["version"]
        self._keep(record, given)

    def _drawn(self, data: Any) -> dict[str, Any]:
        """Some of the fields, some of them emptied."""
        drawn = {}
        for key, field in self.shown.items():
            if data.draw(st.booleans()):
                drawn[key] = data.draw(st.none() | KINDS[field["type"]])
        return drawn

    def _keep(self, record: str, given: dict[str, Any]) -> None:
        for key, value in given.items():
            self.values[key, self.shown[key]["type"]][record] = value

    @invariant()
    def every_value_is_there(self) -> None:
        read = {item["id"]: item["values"] for item in self._page({})}
        assert read.keys() == self.records.keys()
        for record, values in read.items():
            for key, field in self.shown.items():
                expected = self.values[key, field["type"]].get(record)
                assert values[key] == expected, (key, field["type"], record)

    @invariant()
    def lists_sort_and_filter_as_python_does(self) -> None:
        for key, field in self.shown.items():
            kept = self.values[key, field["type"]]
            held = {r: TYPES[field["type"]].hold(kept.get(r)) for r in self.records}
            present = {r: value for r, value in held.items() if value is not None}
            if not field.get("indexed") or not present:
                continue
            # Words are sorted by PostgreSQL's language, and rich text not at all.
            if field["type"] not in ("text", "choice", "rich_text"):
                listed = [held[item["id"]] for item in self._page({"sort": key})]
                assert listed == sorted(present.values()) + [None] * (len(held) - len(present))
            some = next(iter(present.values()))
            wanted = str(TYPES[field["type"]].store(some))
            found = self._page({f"f.{key}": wanted.lower() if isinstance(some, bool) else wanted})
            assert {item["id"] for item in found} == {r for r, v in present.items() if v == some}

    @invariant()
    def numbers_add_up_as_in_python(self) -> None:
        for key, field in self.shown.items():
            if field["type"] not in ("integer", "decimal"):
                continue
            kept = self.values[key, field["type"]]
            numbers = [Decimal(str(kept[r])) for r in self.records if kept.get(r) is not None]
            answer = self.admin.get(f"{RECORDS}/totals", fields=key)
            assert answer.status_code == 200, answer.json
            (total,) = answer.json["fields"]
            assert total["filled"] == len(numbers)
            assert Decimal(total["sum"] or 0) == sum(numbers)
            for name, of in (("least", min), ("greatest", max)):
                assert total[name] is None if not numbers else Decimal(total[name]) == of(numbers)

    def _page(self, query: dict[str, str]) -> list[dict[str, Any]]:
        answer = self.admin.get(RECORDS, page_size=200, **query)
        assert answer.status_code == 200, answer.json
        items: list[dict[str, Any]] = answer.json["items"]
        return items

    def teardown(self) -> None:
        self.sweep()


@pytest.fixture
def sequence(conf: Caller, admin: Caller, request: pytest.FixtureRequest) -> type[Sequence]:
    given = [request.getfixturevalue(name) for name in ("seeded", "database", "office")]
    return type(
        "Made", (Sequence,), {"conf": conf, "admin": admin, "sweep": lambda _: sweep(*given)}
    )


def test_any_sequence_of_changes_keeps_every_value(sequence: type[Sequence]) -> None:
    run_state_machine_as_test(
        sequence,
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=15, deadline=None,
            suppress_health_check=[*HealthCheck],
        ),
    )  # fmt: skip
