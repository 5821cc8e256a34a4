"""The journal: on disk, in order, whatever happens in the middle of a write."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from callcenter.calls.events import Fact, FactType
from callcenter.telephony import journal as module
from callcenter.telephony.journal import Journal
from callcenter.telephony.memory import Memory
from callcenter.telephony.segments import Position, Segments
from tests.unit.telephony.made import fact, leg, leg_started, started

BEGINNING = Position(1, 0)


Open = Callable[..., Journal]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Makes journals that write to the test's folder."""
    made: list[Journal] = []

    def begin(memory: Memory | None = None) -> Journal:
        made.append(Journal(tmp_path, (memory or Memory()).dump))
        made[-1].begin_segment()
        return made[-1]

    yield begin
    for journal in made:
        journal.close()


async def write(journal: Journal, *facts) -> None:
    for one in facts:
        journal.emit(one)
    await journal.flush()


def read(journal: Journal, position: Position, limit: int) -> tuple[list[Fact], Position]:
    lines, after = journal.segments.read(position, limit)
    return [Fact.load(line) for line in lines], after


def numbered(count: int) -> list:
    return [fact(FactType.CALL_ROUTED, second, number=second) for second in range(count)]


async def test_what_is_flushed_is_read_in_order(opened, tmp_path) -> None:
    journal = opened()
    await write(journal, *numbered(5))
    facts, _ = read(journal, BEGINNING, 100)
    assert facts == numbered(5)


async def test_reading_goes_on_from_any_position(opened, tmp_path) -> None:
    journal = opened()
    await write(journal, *numbered(7))
    position, found = BEGINNING, []
    while True:
        facts, position = read(journal, position, 2)
        if not facts:
            break
        found += facts
    assert found == numbered(7)
    await write(journal, fact(FactType.CALL_ROUTED, 99))
    assert len(read(journal, position, 2)[0]) == 1


async def test_a_torn_last_line_is_passed_over(opened, tmp_path) -> None:
    journal = opened()
    await write(journal, *numbered(3))
    journal.close()
    (segment,) = tmp_path.glob("*.jsonl")
    segment.write_bytes(segment.read_bytes()[:-7])
    again = Journal(tmp_path, Memory().dump)
    _, facts = again.segments.restore()
    assert facts == numbered(2)
    assert read(again, BEGINNING, 100)[0] == numbered(2)


async def test_a_new_life_writes_behind_the_torn_line_and_is_read_on(opened, tmp_path) -> None:
    await test_a_torn_last_line_is_passed_over(opened, tmp_path)
    journal = opened()
    later = fact(FactType.CALL_ROUTED, 50)
    await write(journal, later)
    facts, _ = read(journal, BEGINNING, 100)
    assert facts == [*numbered(2), later]


async def test_a_full_segment_gives_way_to_the_next(opened, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(module, "SEGMENT_BYTES", 1_000)
    journal = opened()
    for one in numbered(20):
        await write(journal, one)
    assert len(journal.segments.numbers()) > 2
    assert read(journal, BEGINNING, 100)[0] == numbered(20)


async def test_no_fact_is_counted_twice_at_a_change_of_segments(
    opened, tmp_path, monkeypatch
) -> None:
    """A checkpoint counts what is written before it, and nothing that is written after it."""
    monkeypatch.setattr(module, "SEGMENT_BYTES", 500)
    memory = Memory()
    journal = opened(memory)
    joins = [leg(FactType.LEG_JOINED, seconds=n, bridge_id=f"b{n}") for n in range(12)]
    for one in (started(), leg_started(), *joins):
        memory.fold(one)
        await write(journal, one)
        checkpoint, facts = Segments(tmp_path).restore()
        restored = Memory(checkpoint)
        for later in facts:
            restored.fold(later)
        assert restored.dump() == memory.dump()
    assert len(journal.segments.numbers()) > 3


async def test_what_is_told_while_the_disk_is_busy_is_neither_lost_nor_doubled(
    opened, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(module, "SEGMENT_BYTES", 500)
    memory = Memory()
    journal = opened(memory)
    history = [leg(FactType.LEG_JOINED, seconds=n, bridge_id=f"b{n}") for n in range(20)]
    coming = [started(), leg_started(), *history]
    told: list[Fact] = []

    def tell() -> None:
        if coming:
            told.append(coming.pop(0))
            memory.fold(told[-1])
            journal.emit(told[-1])

    def busy(lines: list[str]) -> None:
        tell()  # while these lines are on their way to the disk
        Journal._write(journal, lines)

    monkeypatch.setattr(journal, "_write", busy)
    tell()
    while journal._buffer:
        await journal.flush()
        checkpoint, facts = journal.segments.restore()
        restored, straight = Memory(checkpoint), Memory()
        for later in facts:
            restored.fold(later)
        written, _ = read(journal, BEGINNING, 1000)
        for one in written:
            straight.fold(one)
        assert restored.dump() == straight.dump()
    assert written == told
    assert len(journal.segments.numbers()) > 2


async def test_restoring_takes_the_newest_checkpoint_and_what_followed(opened, tmp_path) -> None:
    memory = Memory()
    first = opened(memory)
    await write(first, started())
    memory.fold(started())
    first.close()
    second = opened(memory)
    await write(second, leg_started())
    checkpoint, facts = Segments(tmp_path).restore()
    assert checkpoint["calls"].keys() == memory.calls.keys()
    assert facts == [leg_started()]


async def test_a_checkpoint_that_was_torn_falls_back_to_the_one_before(opened, tmp_path) -> None:
    journal = opened()
    await write(journal, started())
    journal.close()
    (tmp_path / "00000002.jsonl").write_text('{"checkpoint":{"ag')
    _, facts = Segments(tmp_path).restore()
    assert facts == [started()]


async def test_an_empty_folder_has_nothing_to_restore(tmp_path) -> None:
    assert Segments(tmp_path / "new").restore() == (None, [])


async def test_segments_that_everyone_has_are_forgotten_but_for_the_newest(
    opened, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(module, "SEGMENT_BYTES", 500)
    journal = opened()
    for one in numbered(20):
        await write(journal, one)
    *_, newest = journal.segments.numbers()
    journal.segments.forget_before(Position(newest - 1, 0))
    assert journal.segments.numbers() == [newest - 1, newest]
    journal.segments.forget_before(Position(newest + 5, 0))
    assert journal.segments.numbers() == [newest]


async def test_the_newest_checkpoint_is_kept_while_the_next_one_is_on_its_way(
    opened, tmp_path
) -> None:
    journal = opened()
    await write(journal, started())
    (tmp_path / "00000002.jsonl").write_text('{"checkpoint":{"ag')
    journal.segments.forget_before(Position(2, 0))
    assert journal.segments.restore()[1] == [started()]


async def test_what_is_written_while_a_reader_reads_is_not_passed_over(
    opened, tmp_path, monkeypatch
) -> None:
    """The end of a segment is written, and the next one begun, after the reader saw its end."""
    monkeypatch.setattr(module, "SEGMENT_BYTES", 1)
    journal = opened()
    lines = Segments._lines

    def read_and_be_overtaken(segments, position):
        yield from lines(segments, position)
        if journal.segments.numbers() == [1]:
            journal._write([started().dump()])
            journal._open_segment('{"checkpoint":{}}')

    monkeypatch.setattr(Segments, "_lines", read_and_be_overtaken)
    first, position = read(journal, BEGINNING, 100)
    monkeypatch.undo()
    assert first + read(journal, position, 100)[0] == [started()]


async def test_it_is_known_how_much_a_reader_has_not_read(opened, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(module, "SEGMENT_BYTES", 500)
    journal = opened()
    await write(journal, *numbered(3))
    _, position = read(journal, BEGINNING, 100)
    assert journal.segments.bytes_after(position) == 0
    for one in numbered(10):
        await write(journal, one)
    lines, _ = journal.segments.read(position)
    assert journal.segments.bytes_after(position) > sum(map(len, lines))


async def test_what_was_not_flushed_is_written_at_the_close(opened, tmp_path) -> None:
    journal = opened()
    journal.emit(started())
    journal.close()
    assert read(Journal(tmp_path, Memory().dump), BEGINNING, 10)[0] == [started()]


async def test_what_is_on_its_way_to_the_disk_gets_there_though_its_writer_is_called_off(
    opened, tmp_path, monkeypatch
) -> None:
    journal = opened()
    begun, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def slow(lines: list[str]) -> None:
        loop.call_soon_threadsafe(begun.set)
        go_on.wait(5)
        Journal._write(journal, lines)

    monkeypatch.setattr(journal, "_write", slow)
    journal.emit(started())
    writer = asyncio.create_task(journal.run())
    await begun.wait()
    writer.cancel()
    monkeypatch.undo()
    loop.call_later(0.05, go_on.set)
    await asyncio.wait({writer})
    journal.close()
    assert read(Journal(tmp_path, Memory().dump), BEGINNING, 10)[0] == [started()]


WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID
from callcenter.calls.events import Fact, FactType
from callcenter.telephony.journal import Journal

async def main():
    journal = Journal(Path(sys.argv[1]), dict)
    journal.begin_segment()
    at, number = datetime(2026, 11, 24, tzinfo=UTC), 0
    while True:
        for _ in range(50):
            one = UUID(int=number)
            journal.emit(Fact(one, FactType.CALL_ROUTED, at, one, one, None, {"number": number}))
            number += 1
        await journal.flush()
        print(number, flush=True)

asyncio.run(main())
"""


async def test_killed_in_the_middle_of_writing_it_keeps_what_it_had_flushed(tmp_path) -> None:
    project = Path(__file__).parents[3]
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, str(tmp_path), cwd=project,
        env=os.environ | {"PYTHONPATH": str(project)}, stdout=subprocess.PIPE,
    )  # fmt: skip
    told = 0
    for _ in range(5):
        told = int(await asyncio.wait_for(writer.stdout.readline(), 30))
    writer.send_signal(signal.SIGKILL)
    await writer.wait()
    journal = Journal(tmp_path, Memory().dump)
    numbers = [one.data["number"] for one in read(journal, BEGINNING, 1_000_000)[0]]
    assert len(numbers) >= told
    assert numbers == list(range(len(numbers)))
    assert [one.data["number"] for one in journal.segments.restore()[1]] == numbers
