"""What is written down also when the database is away for a moment."""

import pytest
from sqlalchemy import exc

from callcenter.core import insisting
from callcenter.core.insisting import insist


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    monkeypatch.setattr(insisting, "PAUSES", (0.0, 0.0))
    return []


def written(faults: list[Exception]) -> int:
    """How many tries it took."""
    tries = 0

    def write() -> None:
        nonlocal tries
        tries += 1
        if faults:
            raise faults.pop(0)

    insist(write)
    return tries


def test_it_is_tried_again_while_the_database_is_away(faults: list[Exception]) -> None:
    gone = exc.OperationalError("UPDATE", None, Exception("gone"))
    faults += [gone, exc.TimeoutError("no connection is free")]
    assert written(faults) == 3


def test_in_the_end_it_is_told(faults: list[Exception]) -> None:
    faults += [exc.OperationalError("UPDATE", None, Exception("gone"))] * 3
    with pytest.raises(exc.OperationalError):
        written(faults)


def test_what_will_never_be_taken_is_told_at_once(faults: list[Exception]) -> None:
    faults += [exc.DataError("UPDATE", None, Exception("NUL"))]
    with pytest.raises(exc.DataError):
        written(faults)
