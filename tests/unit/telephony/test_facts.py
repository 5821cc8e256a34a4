"""The one door: each fact once, to memory, journal and followers."""

import dataclasses

from callcenter.calls.events import FactType
from callcenter.core.ids import new_id
from callcenter.telephony import facts
from callcenter.telephony.facts import FactHub
from callcenter.telephony.memory import Memory
from tests.unit.telephony.made import leg, leg_started, started


class Written(list):
    def emit(self, fact) -> None:
        self.append(fact)


def hub() -> tuple[FactHub, Memory, Written, list]:
    memory, written, followed = Memory(), Written(), []
    made = FactHub(memory, written)
    made.followers.append(followed.append)
    return made, memory, written, followed


def test_a_new_fact_goes_everywhere() -> None:
    door, memory, written, followed = hub()
    door.emit(started())
    assert written == followed == [started()]
    assert len(memory.calls) == 1


def test_a_fact_that_is_told_again_goes_nowhere() -> None:
    door, memory, written, followed = hub()
    joined = leg(FactType.LEG_JOINED, bridge_id="b")
    for fact in (started(), leg_started(), joined, joined):
        door.emit(fact)
    assert len(written) == len(followed) == 3
    assert memory.legs["1.0"]["joins"] == 1
    assert door.repeated == 1


def test_the_newest_facts_are_known_and_the_oldest_forgotten(monkeypatch) -> None:
    monkeypatch.setattr(facts, "_REMEMBERED", 10)
    door, _, written, _ = hub()
    told = [dataclasses.replace(leg_started(), id=new_id()) for _ in range(25)]
    for fact in told:
        door.emit(fact)
    for fact in told[15:]:
        door.emit(fact)
    assert (len(written), door.repeated) == (25, 10)
    door.emit(told[0])
    assert len(written) == 26


def test_what_an_earlier_life_told_is_known_and_not_told() -> None:
    door, memory, written, followed = hub()
    door.know([started()])
    door.emit(started())
    assert (written, followed) == ([], [])
    assert len(memory.calls) == 1


def test_followers_find_memory_and_journal_up_to_date() -> None:
    door, memory, written, _ = hub()
    seen = []
    door.followers.append(lambda _: seen.append((len(memory.calls), len(written))))
    door.emit(started())
    assert seen == [(1, 1)]
