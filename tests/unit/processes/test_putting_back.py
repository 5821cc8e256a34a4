"""An operator's wish reaches every receiver of facts, and stays until it is done."""

from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from callcenter.core.clock import ManualClock
from callcenter.processes.facts.putting_back import WISH, PuttingBack, Wishes
from callcenter.telephony.aside import SetAside, aside
from tests.unit.telephony.made import NOW, started


class Store:
    """Of Redis what a wish needs."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}

    def getdel(self, key: str) -> bytes | None:
        return self.values.pop(key, None)


def test_one_wish_puts_back_what_each_receiver_has_and_only_once(tmp_path: Path) -> None:
    store, taken = Store(), list[str]()
    receivers = []
    for name in ("database", "records"):
        kept = SetAside(tmp_path, name, ManualClock(NOW))
        kept.keep(name, ValueError("no fact"))
        receivers.append(PuttingBack(kept, taken.append))
    wishes = Wishes(store, receivers)  # type: ignore[arg-type]

    def look() -> None:
        wishes.look()
        for receiver in receivers:
            receiver.look()

    look()
    assert taken == []
    store.values[WISH] = b"1"
    look()
    look()
    assert taken == ["database", "records"]
    assert [*aside(tmp_path)] == []


def test_a_wish_stays_while_the_database_is_away(tmp_path: Path) -> None:
    kept = SetAside(tmp_path, "database", ManualClock(NOW))
    kept.keep(started().dump(), ValueError("no fact"))
    taken: list[str] = []
    away = True

    def deliver(line: str) -> None:
        if away:
            raise OperationalError("", {}, Exception("away"))
        taken.append(line)

    receiver = PuttingBack(kept, deliver)
    receiver.wish()
    with pytest.raises(OperationalError):
        receiver.look()
    assert len([*aside(tmp_path)]) == 1
    away = False
    receiver.look()
    assert taken == [started().dump()]
    receiver.look()
    assert len(taken) == 1
