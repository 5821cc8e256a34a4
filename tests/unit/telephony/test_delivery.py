"""What one fact does to a receiver must not be done to all that come after it."""

import json
from pathlib import Path

import pytest
from sqlalchemy.exc import DataError, OperationalError

from callcenter.calls.events import Fact
from callcenter.core.clock import ManualClock
from callcenter.telephony.aside import LYING_ASIDE, SET_ASIDE, PutBack, SetAside, aside
from callcenter.telephony.delivery import Delivery, setting_aside
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


def test_what_is_put_back_is_delivered_in_order_and_what_fails_again_stays(tmp_path: Path) -> None:
    clock, books = ManualClock(NOW), Books(KeyError("direction"))
    kept = SetAside(tmp_path, "database", clock)
    for line in (BATCH[2], POISON, BATCH[0], BATCH[2]):
        kept.keep(line, ValueError("no id"))
    assert LYING_ASIDE.labels("database")._value.get() == 4
    assert kept.put_back(lambda line: books.deliver([line])) == PutBack(2, 1)
    assert books.kept == [BATCH[2], BATCH[0]]
    (left,) = aside(tmp_path)
    assert (left["fact"], left["at"]) == (POISON, NOW.isoformat())
    assert left["reason"].startswith("KeyError")
    assert LYING_ASIDE.labels("database")._value.get() == 1
    assert kept.put_back(lambda _line: None) == PutBack(1, 0)
    assert [*aside(tmp_path)] == [*tmp_path.iterdir()] == []


def test_putting_back_while_the_database_is_away_loses_nothing(tmp_path: Path) -> None:
    kept = SetAside(tmp_path, "database", ManualClock(NOW))
    kept.keep(BATCH[0], ValueError("no id"))
    kept.keep(POISON, ValueError("no id"))
    books = Books(OperationalError("", {}, Exception("away")))
    with pytest.raises(OperationalError):
        kept.put_back(lambda line: books.deliver([line]))
    assert [one["fact"] for one in aside(tmp_path)] == [BATCH[0], POISON]


def test_a_fact_with_any_line_end_in_its_texts_is_put_back_whole(tmp_path: Path) -> None:
    facts = [f'{{"type": "x", "note": "a{end}b"}}' for end in "\u2028\u2029\x85\x0b\x1c\ud800"]
    kept = SetAside(tmp_path, "database", ManualClock(NOW))
    for fact in facts:
        kept.keep(fact, ValueError("no id"))
    assert kept.put_back(lambda fact: {}[fact]) == PutBack(0, len(facts))
    assert [one["fact"] for one in aside(tmp_path)] == facts
    # As a life before this one wrote it.
    plain = json.dumps({"at": "", "to": "", "reason": "", "fact": facts[0]}, ensure_ascii=False)
    (tmp_path / "records.set-aside.jsonl").write_text(plain + "\n", "utf-8")
    assert [one["fact"] for one in aside(tmp_path)] == [*facts, facts[0]]


def test_a_new_life_knows_what_lies_aside_and_a_torn_line_is_no_fact(tmp_path: Path) -> None:
    SetAside(tmp_path, "records", ManualClock(NOW)).keep(BATCH[0], ValueError("no id"))
    with (tmp_path / "records.set-aside.jsonl").open("a") as file:
        file.write('{"at": "20')
    again = SetAside(tmp_path, "records", ManualClock(NOW))
    assert LYING_ASIDE.labels("records")._value.get() == 1
    again.keep(POISON, ValueError("no id"))
    assert [one["fact"] for one in aside(tmp_path)] == [BATCH[0], POISON]


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
