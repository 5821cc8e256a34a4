"""What one fact does to a receiver must not be done to all that come after it."""

import json
from pathlib import Path

import pytest
from sqlalchemy.exc import DataError, OperationalError

from callcenter.calls.events import Fact
from callcenter.core.clock import ManualClock
from callcenter.telephony.delivery import SET_ASIDE, Delivery, SetAside, setting_aside
from callcenter.telephony.journal import Journal
from callcenter.telephony.memory import Memory
from callcenter.telephony.segments import Segments
from tests.unit.telephony.made import NOW, started

BATCH = [started(seconds=n).dump() for n in range(9)]
POISON = BATCH[4]


class Books:
    """All of a batch or nothing, as a transaction has it."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.kept: list[str] = []

    def deliver(self, lines: list[str]) -> None:
        if POISON in lines:
            raise self.error
        self.kept += lines


def kept_in(folder: Path) -> list[dict[str, str]]:
    file = folder / "database.set-aside.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.mark.parametrize(
    "error", [KeyError("direction"), ValueError("no id"), DataError("", {}, Exception("nul"))]
)
def test_a_fact_that_cannot_be_folded_is_kept_and_the_others_go_on_in_order(
    tmp_path: Path, error: Exception
) -> None:
    books, before = Books(error), SET_ASIDE.labels("database")._value.get()
    aside = SetAside(tmp_path, "database", ManualClock(NOW))
    setting_aside(books.deliver, aside.keep)(BATCH)
    assert books.kept == [line for line in BATCH if line != POISON]
    (kept,) = kept_in(tmp_path)
    assert (kept["fact"], kept["at"]) == (POISON, NOW.isoformat())
    assert type(error).__name__ in kept["reason"]
    assert SET_ASIDE.labels("database")._value.get() == before + 1


def test_a_database_that_is_away_is_no_fault_of_a_fact(tmp_path: Path) -> None:
    books = Books(OperationalError("", {}, Exception("away")))
    aside = SetAside(tmp_path, "database", ManualClock(NOW))
    with pytest.raises(OperationalError):
        setting_aside(books.deliver, aside.keep)(BATCH)
    assert books.kept == []
    assert list(tmp_path.iterdir()) == []


def test_a_line_that_is_no_fact_is_kept_as_it_is(tmp_path: Path) -> None:
    def deliver(lines: list[str]) -> None:
        assert [json.loads(line) for line in lines]

    setting_aside(deliver, SetAside(tmp_path, "database", ManualClock(NOW)).keep)(["{", BATCH[0]])
    assert [kept["fact"] for kept in kept_in(tmp_path)] == ["{"]


async def test_a_fact_that_was_set_aside_keeps_neither_delivery_nor_telephony_from_going_on(
    tmp_path: Path,
) -> None:
    async def write(lines: list[str]) -> None:
        journal = Journal(tmp_path, Memory().dump)
        journal.begin_segment()
        for line in lines:
            journal.emit(Fact.load(line))
        await journal.flush()
        journal.close()

    await write(BATCH[:5])
    books = Books(KeyError("direction"))
    keep = SetAside(tmp_path, "database", ManualClock(NOW)).keep
    delivery = Delivery("database", tmp_path, setting_aside(books.deliver, keep))
    assert delivery.step()
    assert len(kept_in(tmp_path)) == 1
    await write(BATCH[5:])
    assert delivery.step()
    assert books.kept == [line for line in BATCH if line != POISON]
    assert [fact.dump() for fact in Segments(tmp_path).restore()[1]] == BATCH[5:]
