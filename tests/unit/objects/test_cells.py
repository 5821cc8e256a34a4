"""What a cell of a file says: people's forms and a spreadsheet's, and nothing guessed."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.objects.errors import BadValue
from callcenter.objects.types import TYPES
from callcenter.objects.types.base import Field, Named
from callcenter.objects.types.cells import day_of, moment_of, number_of, text_of, time_of


def at(*parts: int) -> datetime:
    """A moment in no zone, as spreadsheets have them."""
    return datetime(*parts, tzinfo=UTC).replace(tzinfo=None)


LIN, SHEN, OTHER = (UUID(int=n) for n in (1, 2, 3))
NAMED = Named(
    people={"8001": [LIN], "林晓彤": [LIN, OTHER], "沈慧": [SHEN]},
    teams={"first": [SHEN]},
    records={"parent": {"kh1": [LIN], "王秀兰": [LIN, OTHER]}},
)
OPTIONS = [
    {"value": "repair", "label": {"zh-CN": "报修", "en": "Repair"}},
    {"value": "heater", "label": {"zh-CN": "热水器", "en": "Heater"}, "parent": "repair"},
    {"value": "advice", "label": {"zh-CN": "咨询", "en": "Advice"}},
    {"value": "boiler", "label": {"zh-CN": "热水器", "en": "Boiler"}, "parent": "advice"},
    {"value": "old", "label": {"zh-CN": "咨询", "en": "Old"}, "active": False},
]


def take(kind: str, cell: Any) -> Any:
    settings = {"options": OPTIONS} if kind in ("choice", "choices", "cascade") else {}
    field = Field("parent", kind, {"zh-CN": "x", "en": "x"}, "main", settings=settings)
    return TYPES[kind].take(field, cell, NAMED)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  a b ", "a b"),
        ("   ", None),
        (None, None),
        (13800006207, "13800006207"),
        (13800006207.0, "13800006207"),
        (2.5, "2.5"),
        (True, "TRUE"),
        (date(2026, 11, 24), "2026-11-24"),
        (at(2026, 11, 24), "2026-11-24"),
        (at(2026, 11, 24, 9, 5), "2026-11-24 09:05:00"),
    ],
)
def test_a_cell_is_text_as_a_person_reads_it(cell: Any, text: str | None) -> None:
    assert text_of(cell) == text


@pytest.mark.parametrize(
    "cell",
    [
        "2026-11-24", "2026/11/24", "2026.11.24", "2026年11月24日", "２０２６年１１月２４日",
        "20261124", 20261124, 46350, "2026-11-24 00:00:00",
        date(2026, 11, 24), at(2026, 11, 24),
    ],
)  # fmt: skip
def test_a_day_is_read_in_every_usual_form(cell: Any) -> None:
    assert day_of(cell) == "2026-11-24"


@pytest.mark.parametrize(
    "cell", ["24.11.2026", "2026-13-01", "2026-02-30", "11月24日", "gestern", 0, -3, True, 2.9e9]
)
def test_a_day_that_is_none_is_refused(cell: Any) -> None:
    with pytest.raises(BadValue) as refused:
        day_of(cell)
    assert refused.value.key == "validation.date"


def test_a_day_with_a_time_is_no_day() -> None:
    with pytest.raises(BadValue):
        day_of("2026-11-24 09:30")


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026/1/4 9:05", "2026-01-04T09:05:00"),
        ("2026年1月4日 9时5分", "2026-01-04T09:05:00"),
        ("2026-01-04 09:05:30", "2026-01-04T09:05:30"),
        ("2026-01-04T09:05:00+08:00", "2026-01-04T09:05:00+08:00"),
        (46026.5, "2026-01-04T12:00:00"),
        (at(2026, 1, 4, 9, 5), "2026-01-04T09:05:00"),
        (date(2026, 1, 4), "2026-01-04T00:00:00"),
    ],
)
def test_a_moment_is_read_in_every_usual_form(cell: Any, moment: str) -> None:
    assert moment_of(cell) == moment


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("9:30", "09:30:00"), ("9点30分", "09:30:00"), ("09：30", "09:30:00"),
        (time(9, 30), "09:30:00"), (0.5, "12:00:00"), (timedelta(hours=3), "03:00:00"),
    ],
)  # fmt: skip
def test_a_time_is_read_in_every_usual_form(cell: Any, said: str) -> None:
    assert time_of(cell) == said


@pytest.mark.parametrize("cell", ["25:00", "half past nine", 1.5, timedelta(hours=30)])
def test_a_time_that_is_none_is_refused(cell: Any) -> None:
    with pytest.raises(BadValue):
        time_of(cell)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1,234.50", "1234.50"), ("￥1,234", "1234"), ("-12 345", "-12345"), ("１２", "12"),
        ("88.5元", "88.5"), (7, "7"), (2.5, "2.5"), ("1.5e3", "1.5e3"),
    ],
)  # fmt: skip
def test_a_number_is_read_with_separators_and_signs(cell: Any, number: str) -> None:
    assert number_of(cell) == number


@pytest.mark.parametrize("cell", ["1,5", "1,23,4", "12a", "=1+1", "--1", True])
def test_a_number_that_is_none_is_refused(cell: Any) -> None:
    with pytest.raises(BadValue):
        number_of(cell)


@given(st.integers(-(10**12), 10**12), st.integers(0, 99))
def test_every_number_that_a_spreadsheet_shows_is_read(whole: int, cents: int) -> None:
    assert number_of(f"{whole:,}.{cents:02d}") == f"{whole}.{cents:02d}"


@given(st.datetimes(at(1901, 1, 1), at(2999, 12, 31)))
def test_every_moment_of_a_spreadsheet_comes_through(moment: datetime) -> None:
    assert moment_of(moment) == moment.isoformat()


def test_a_whole_number_may_be_stored_with_a_fraction_of_nothing() -> None:
    assert take("integer", 3.0) == take("integer", "3.00") == take("integer", "3") == 3
    with pytest.raises(BadValue):
        take("integer", "3.5")


@pytest.mark.parametrize(("cell", "said"), [("是", True), ("NO", False), (1, True), (False, False)])
def test_yes_and_no_are_read_in_both_languages(cell: Any, said: bool) -> None:
    assert take("boolean", cell) is said


@pytest.mark.parametrize("cell", ["repair", "报修", "REPAIR", " Repair "])
def test_an_option_is_found_by_value_or_label(cell: str) -> None:
    assert take("choice", cell) == "repair"


def test_an_option_that_can_be_chosen_goes_before_one_that_cannot() -> None:
    assert take("choice", "咨询") == "advice"


def test_a_label_of_two_options_is_refused_unless_the_path_tells_them_apart() -> None:
    with pytest.raises(BadValue) as refused:
        take("cascade", "热水器")
    assert refused.value.key == "validation.ambiguous"
    assert take("cascade", "报修 / 热水器") == "heater"
    assert take("cascade", "advice>boiler") == "boiler"


def test_a_label_may_have_in_it_what_stands_between_labels() -> None:
    labels = {"a": "老人，独居", "b": "老人", "c": "急"}
    options = [{"value": key, "label": {"zh-CN": text, "en": key}} for key, text in labels.items()]
    field = Field("tags", "choices", {}, "main", settings={"options": options})
    assert TYPES["choices"].take(field, "急、老人，独居，老人", NAMED) == ["c", "a", "b"]
    with pytest.raises(BadValue):
        TYPES["choices"].take(field, "独居，老人", NAMED)


def test_several_options_stand_between_any_separators() -> None:
    assert take("choices", "报修、Advice; repair") == ["repair", "advice", "repair"]
    assert take("choices", " ; ") is None


def test_somebody_is_found_by_code_and_by_a_name_that_only_one_has() -> None:
    assert take("user", 8001) == str(LIN)
    assert take("user", "沈慧") == str(SHEN)
    for cell, key in (("林晓彤", "validation.ambiguous"), ("8002", "validation.unknown_id")):
        with pytest.raises(BadValue) as refused:
            take("user", cell)
        assert refused.value.key == key


def test_a_record_is_found_by_key_and_by_a_title_that_only_one_has() -> None:
    assert take("reference", "KH1") == str(LIN)
    with pytest.raises(BadValue):
        take("reference", "王秀兰")
    assert take("team", "First") == str(SHEN)


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_an_empty_cell_says_nothing(kind: str) -> None:
    assert take(kind, None) is None
    assert take(kind, "  ") is None
