"""The months of monthly objects."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from callcenter.core.ids import MOMENT, made_at, new_id
from callcenter.objects.months import Month, is_over, is_part, of_part, wanted
from callcenter.objects.schemas import DefinitionShape
from callcenter.objects.schemas.design import NewObject

NOVEMBER = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def test_a_month_is_that_of_utc_whatever_the_zone() -> None:
    shanghai = timezone(timedelta(hours=8))
    assert Month.of(datetime(2026, 12, 1, 7, 59, tzinfo=shanghai)) == Month(2026, 11)
    assert Month.of(datetime(2026, 12, 1, 8, 0, tzinfo=shanghai)) == Month(2026, 12)


def test_three_months_stand_ready_beyond_the_turn_of_the_year() -> None:
    months = [*wanted(NOVEMBER)]
    assert months == [Month(2026, 11), Month(2026, 12), Month(2027, 1), Month(2027, 2)]
    assert months[2].begin == datetime(2027, 1, 1, tzinfo=UTC)


def test_a_month_is_known_by_the_name_of_its_table() -> None:
    assert Month(2026, 3).table("ticket") == "ticket_y2026m03"
    assert Month.named("my_year_y2026m03") == Month(2026, 3)
    assert [Month.named(name) for name in ("ticket_rest", "ticket", "ticket_y26m3")] == [None] * 3


@pytest.mark.parametrize("name", ["x_y2026m11", "my_year_y1999m01", "ticket_rest"])
def test_no_object_is_called_as_a_month_is(name: str) -> None:
    for shape, document in ((NewObject(), {"kind": "base"}), (DefinitionShape(), {})):
        said = shape.validate({"identifier": name, **document})
        assert said["identifier"] == ["validation.reserved_identifier"]


@pytest.mark.parametrize("name", ["ticket", "rest", "interest", "x_y26m1", "x_y2026"])
def test_other_names_are_free(name: str) -> None:
    assert not is_part(name)
    assert "identifier" not in NewObject().validate({"identifier": name})


@pytest.mark.parametrize(
    ("month", "keep", "over"),
    [
        (Month(2026, 9), 1, True),
        (Month(2026, 10), 1, False),
        (Month(2026, 11), 1, False),
        (Month(2000, 1), 0, False),
    ],
)
def test_a_month_is_kept_for_whole_months_after_its_own(
    month: Month, keep: int, over: bool
) -> None:
    assert is_over(month, NOVEMBER, keep) is over


def test_indexes_of_two_months_have_names_of_their_own() -> None:
    long = "by_" + "x" * 58
    names = {of_part(long, part) for part in ("a_y2026m01", "a_y2026m02")}
    assert len(names) == 2
    assert max(map(len, names)) <= 63


def test_an_id_tells_when_it_was_made() -> None:
    at = datetime(2025, 3, 31, 23, 59, 59, 999_999, tzinfo=UTC)
    assert made_at(new_id(at)) <= at < made_at(new_id(at)) + MOMENT
