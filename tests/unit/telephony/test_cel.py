"""What CEL tells of a time when nobody listened: the same facts as AMI, each once."""

import asyncio
import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from callcenter.calls.states import LegState
from callcenter.core.ids import call_id_of
from callcenter.core.numbers import WITHHELD
from callcenter.telephony.cel import MALFORMED, CelGap
from callcenter.telephony.live import Direction, LiveCall
from callcenter.telephony.tracker import Tracker
from tests.fakes.switchboard import HOME, START, World
from tests.unit.telephony.recorded import (
    ENTERPRISE,
    SCENARIOS,
    enterprise_of,
    events,
    named,
    rows,
    told,
)

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


class Line:
    """The CSV, and a reader of it."""

    def __init__(self, folder: Path) -> None:
        self.csv, self.state = folder / "cel.csv", folder / "cel.json"
        self.gap = self.reborn()

    def reborn(self) -> CelGap:
        return CelGap(self.csv, self.state, enterprise_of)

    def write(self, text: str) -> None:
        with self.csv.open("a") as file:
            file.write(text)

    def begin(self, told: str, untold: str) -> None:
        """Anew: the mark stands between the two."""
        self.state.unlink(missing_ok=True)
        self.csv.write_text(told)
        self.gap = self.reborn()
        self.marked(0)
        self.marked(2)
        self.write(untold)

    def marked(self, seconds: float) -> None:
        self.gap.mark(NOW + timedelta(seconds=seconds))

    def read(self, tracker: Tracker | None = None) -> list[tuple[str, str, str, int]]:
        tracker = tracker if tracker is not None else Tracker()

        async def all_changes() -> list[tuple[str, str, str, int]]:
            return [named(change) async for change in self.gap.changes(tracker)]

        return asyncio.run(all_changes())


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return Line(tmp_path)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_call_wholly_in_the_gap_leaves_the_same_facts_as_by_ami(line, scenario) -> None:
    line.write(rows(scenario))
    assert sorted(line.read()) == sorted(told(Tracker(), events(scenario)))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_each_leg_tells_its_changes_in_their_order(line, scenario) -> None:
    line.write(rows(scenario))
    by_cel, by_ami = line.read(), told(Tracker(), events(scenario))
    for leg in {name[0] for name in by_ami}:
        assert [n for n in by_cel if n[0] == leg] == [n for n in by_ami if n[0] == leg]


@cache
def told_by_rows(scenario: str) -> list[set[tuple[str, str, str, int]]]:
    """What the first n rows tell, for each n."""
    lines = rows(scenario).splitlines(keepends=True)
    with TemporaryDirectory() as folder:
        line, tracker = Line(Path(folder)), Tracker()
        found: list[set[tuple[str, str, str, int]]] = [set()]
        for number, text in enumerate(lines):
            line.write(text)
            line.marked(2 * number)
            found.append(found[-1] | set(line.read(tracker)))
    return found


def restored(tracker: Tracker) -> Tracker:
    """What our memory gives back after a death: the open legs and the ended; no nailed line."""
    after = Tracker()
    after.legs.update(deepcopy(tracker.legs))
    after.ended.update(tracker.ended)
    return after


@pytest.mark.parametrize("again", [lambda tracker: tracker, restored], ids=["we live", "we died"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_wherever_ami_breaks_off_cel_tells_the_rest_and_nothing_twice(
    line, scenario, again
) -> None:
    """CEL is read from each row up to the first that AMI, broken off anywhere, had not told."""
    some, lines = events(scenario), rows(scenario).splitlines(keepends=True)
    whole, wrong = sorted(told(Tracker(), some)), []
    for cut in range(len(some) + 1):
        heard = Tracker()
        before = told(heard, some[:cut])
        known = sum(by_rows <= set(before) for by_rows in told_by_rows(scenario)) - 1
        for start in range(known + 1):
            line.begin("".join(lines[:start]), "".join(lines[start:]))
            if sorted(before + line.read(again(deepcopy(heard)))) != whole:
                wrong.append((cut, start))
    assert wrong == []


def test_the_tracker_stands_where_the_change_is_when_it_is_told(line) -> None:
    line.write(rows("answered"))
    tracker, together = Tracker(), {}

    async def follow() -> None:
        async for change in line.gap.changes(tracker):
            together[named(change)] = len(tracker.in_bridge(change.bridge_id))

    asyncio.run(follow())
    assert [count for name, count in together.items() if name[1] == "joined"] == [1, 2]


def test_what_ami_had_not_delivered_at_a_sudden_death_is_read_again(line) -> None:
    whole = rows("answered").splitlines(keepends=True)
    line.write("".join(whole[:3]))
    line.marked(0)
    line.write("".join(whole[3:]))
    line.marked(1.5)  # nothing was waiting to be handled, and yet not all had come
    line.gap = line.reborn()
    tracker = Tracker()
    told(tracker, [e for e in events("answered") if e.name == "Newchannel"])
    assert len([n for n in line.read(tracker) if n[1] == "joined"]) == 2


def test_a_mark_counts_when_it_is_two_seconds_old(line) -> None:
    line.write(rows("abandoned"))
    line.marked(0)
    line.marked(1.9)
    assert len(line.read()) == 3
    line.marked(2)
    assert line.read() == []


def test_the_mark_outlives_the_process(line) -> None:
    line.write(rows("abandoned"))
    line.marked(0)
    line.marked(2)
    line.gap = line.reborn()
    assert line.read() == []
    line.write(rows("answered"))
    assert len(line.read()) == 10


@pytest.mark.parametrize(
    ("how", "before", "after"),
    [("rotated", "abandoned", "consulted"), ("truncated", "consulted", "abandoned")],
)
def test_a_file_that_was_replaced_is_read_from_its_beginning(line, how, before, after) -> None:
    line.write(rows(before))
    line.marked(0)
    line.marked(2)
    if how == "rotated":
        line.csv.rename(line.csv.with_suffix(".1"))
    else:
        line.csv.write_text("")
    line.write(rows(after))
    assert sorted(line.read()) == sorted(told(Tracker(), events(after)))


def test_a_mark_within_a_line_reads_the_line(line) -> None:
    text = rows("abandoned")
    line.write(text[:20])
    line.marked(0)
    line.marked(2)
    line.write(text[20:])
    assert len(line.read()) == 3


def test_a_row_that_is_still_being_written_comes_next_time(line) -> None:
    text = rows("abandoned")
    line.write(text[:-20])
    tracker = Tracker()
    first = line.read(tracker)
    line.write(text[-20:])
    assert [n[1] for n in first + line.read(tracker)] == ["started", "answered", "ended"]


BROKEN = [
    "\n",
    "nonsense\n",
    '"HANGUP","1795480688.1","1.0"\n',
    rows("abandoned").splitlines()[0].replace("1795480", "soon", 1) + "\n",
    '"HANGUP","1.0","1.0","1.0","c","","","","","","","","","","{broken"\n',
    '"HANGUP","1.0","1.0","1.0","c","","","","","","","","","","[1]"\n',
    '"HANGUP","1.0","","1.0","c","","","","","","","","","",""\n',
    '"HANGUP","1.0","1.0","1.0","c","","","","","","","","","","{""hangupcause"":{}}"\n',
    '"unclosed\n',
    "\x00\x01\udcff\n",
]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_malformed_row_is_counted_and_the_next_one_read(line, broken) -> None:
    before = MALFORMED._value.get()
    line.write(rows("abandoned"))
    with line.csv.open("ab") as file:
        file.write(broken.encode(errors="surrogateescape"))
    line.write(rows("answered"))
    assert len(line.read()) == 13
    assert MALFORMED._value.get() >= before + 1


def test_rows_of_a_kind_that_nobody_needs_are_passed_over(line) -> None:
    line.write(rows("abandoned").replace('"HANGUP"', '"PARK_START"'))
    assert [n[1] for n in line.read()] == ["started", "answered"]


def test_without_a_file_there_is_nothing_to_tell(line) -> None:
    assert line.read() == []
    line.marked(0)
    assert line.gap.last_proof() == NOW


def test_a_leg_carries_the_enterprise_that_its_code_means(line) -> None:
    line.write("".join(rows("answered").splitlines(keepends=True)[:4]))
    tracker = Tracker()
    line.read(tracker)
    assert {leg.enterprise for leg in tracker.legs.values()} == {ENTERPRISE}


def test_a_leg_that_nobody_had_told_of_begins_with_its_first_row(line) -> None:
    whole = rows("answered").splitlines(keepends=True)
    line.write("".join(whole[:2]))
    line.marked(0)
    line.marked(2)
    line.write("".join(whole[2:]))
    by_leg = {name[0] for name in line.read() if name[1] == "started"}
    assert len(by_leg) == 2


def test_who_did_not_answer_is_told_by_how_the_dialling_went(line) -> None:
    line.write(rows("dialled_unanswered"))
    tracker, legs = Tracker(), {}

    async def follow() -> None:
        async for change in line.gap.changes(tracker):
            legs[change.leg.uniqueid] = change.leg

    asyncio.run(follow())
    assert "NOANSWER" in {leg.dial_status for leg in legs.values()}


def test_the_last_proof_of_life_is_the_later_of_mark_and_row(line) -> None:
    line.write(rows("abandoned"))
    last_row = float(rows("abandoned").splitlines()[-1].split('"')[3])
    line.marked(0)
    assert line.gap.last_proof().timestamp() == pytest.approx(max(last_row, NOW.timestamp()))
    line.gap.mark(datetime.fromtimestamp(last_row + 60, UTC))
    assert line.reborn().last_proof().timestamp() == pytest.approx(last_row + 60)


def test_a_leg_that_is_restored_is_joined_on_and_not_anew(line) -> None:
    tracker = Tracker()
    half = [e for e in events("transferred") if e.name != "Hangup"]
    heard = half[: next(i for i, e in enumerate(half) if e.name == "BridgeLeave")]
    told(tracker, heard)
    line.write(rows("transferred"))
    joined = [n for n in line.read(tracker) if n[1] == "joined"]
    assert sorted(count for *_, count in joined) == [1, 2]
    assert all(leg.state is not LegState.ENDED for leg in tracker.legs.values())


def test_the_state_is_one_whole_file(line) -> None:
    line.marked(0)
    assert json.loads(line.state.read_text())["alive"] == NOW.timestamp()
    assert [file.name for file in line.state.parent.iterdir()] == ["cel.json"]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_ledger_gets_the_same_facts_by_id_and_type(line, scenario) -> None:
    line.write(rows(scenario))
    by_ami, by_cel = _world_of(scenario), _world_of(scenario)
    for one in events(scenario):
        for change in by_ami.tracker.handle(one):
            by_ami.board.leg_changed(change)

    async def follow() -> None:
        async for change in line.gap.changes(by_cel.tracker):
            by_cel.board.leg_changed(change, "cel")

    asyncio.run(follow())
    by_ami_and_id, by_cel_and_id = (
        {(fact.id, fact.type) for fact in world.facts.all} for world in (by_ami, by_cel)
    )
    assert len(by_ami_and_id) > 4
    assert by_ami_and_id == by_cel_and_id


def _world_of(scenario: str) -> World:
    """Our session has said what the call is; then nobody listened."""
    world, first = World(), events(scenario)[0]
    uniqueid, call_id = first.get("Uniqueid"), call_id_of(first.get("Uniqueid"))
    direction = Direction.OUTBOUND if str(call_id) == uniqueid else Direction.INBOUND
    customer = uniqueid if direction is Direction.INBOUND else ""
    world.board.begin(LiveCall(call_id, HOME, direction, START, WITHHELD, customer_leg=customer))
    return world
