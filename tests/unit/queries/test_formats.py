"""What a column's format makes of a value, for people and for spreadsheets."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from callcenter.objects.sheets import write_sheet
from callcenter.queries.answers import Answer, Column, Row
from callcenter.queries.formats import FORMATS, Reader, cell, code, worded, words
from callcenter.queries.service.templating import _value

SHANGHAI = ZoneInfo("Asia/Shanghai")
READER = Reader("zh-CN", SHANGHAI)
MOMENT = "2026-11-30T17:05:00Z"


def of(kind: str, form: str = "", **more: Any) -> Column:
    return Column("a", {}, kind, form, **more)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        (of("integer", "integer"), 12486, "12,486"),
        (of("number", "integer"), "-12486.50", "-12,487"),
        (of("number", "decimal"), "2500.555", "2,500.56"),
        (of("integer", "plain"), 2026, "2026"),
        (of("number", "plain"), "1234567.80", "1234567.80"),
        (of("number", "money"), "-1234.5", "-¥1,234.50"),
        (of("money", sign="HK$"), "1234567.80", "HK$1,234,567.80"),
        (of("money", "money", sign="JP¥", places=0), "1234.50", "JP¥1,235"),
        (of("number", "money"), "-0.001", "¥0.00"),
        (of("decimal", "percent"), "0.25649", "25.6%"),
        (of("decimal", "percent"), "12.5", "1,250.0%"),
        (of("integer", "duration"), 222, "03:42"),
        (of("number", "duration"), "3725.9", "1:02:05"),
        (of("integer", "duration"), -3725, "-1:02:05"),
        (of("integer", "bytes"), 900, "900 B"),
        (of("integer", "bytes"), 1536, "1.5 KB"),
        (of("integer", "bytes"), 5_000_000, "4.8 MB"),
        (of("integer", "yes_no"), 1, "是"),
        (of("integer", "yes_no"), 0, "否"),
        (of("text", "yes_no"), "Y", "是"),
        (of("boolean"), False, "否"),
        (of("created_at", "date"), MOMENT, "2026-12-01"),
        (of("datetime", "month"), MOMENT, "2026-12"),
        (of("datetime", "time"), MOMENT, "01:05"),
        (of("datetime", "time"), "2026-11-30T17:05:00", "17:05"),
        (of("date", "month"), "2026-11-30", "2026-11"),
    ],
)
def test_it_is_said_as_people_say_it(column: Column, value: Any, said: str) -> None:
    assert words(column, value, READER) == said


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (of("integer"), 5),
        (of("integer", "integer"), None),
        (of("number", "money"), "NaN"),
        (of("text", "money"), "many"),
        (of("text", "yes_no"), "perhaps"),
        (of("text", "date"), "soon"),
        (of("number", "integer"), "1e999"),
        (of("phone", "plain", mask=True), "138****0001"),
    ],
)
def test_where_a_format_says_nothing_the_value_stays_as_it_is(column: Column, value: Any) -> None:
    assert words(column, value, READER) is None


def test_every_format_has_a_value_that_it_says_something_of() -> None:
    samples = (1, "2026-11-30", MOMENT)
    for form in FORMATS[1:]:
        found = [words(of(kind, form), each, READER) for kind in ("integer", "date", "datetime")
                 for each in samples]  # fmt: skip
        assert any(found), form


def test_rows_and_totals_have_their_words_and_nobody_elses_are_lost() -> None:
    columns = [
        of("money", sign="¥"),
        Column("b", {}, "choice"),
        Column("c", {}, "integer", "duration"),
        Column("d", {}, "money"),
    ]
    row = Row({"a": "1234.50", "b": "x", "c": 61, "d": "5.00"}, {"b": "甲", "d": "$5.00"})
    told = worded(Answer(columns, [row], sums={"a": "9000.00", "c": None}), READER)
    assert told.rows[0].texts == {"a": "¥1,234.50", "b": "甲", "c": "01:01", "d": "$5.00"}
    assert told.sum_texts == {"a": "¥9,000.00"}
    assert told.rows[0].values == row.values


def test_in_english_yes_and_no_are_english() -> None:
    assert words(of("boolean"), True, Reader("en", SHANGHAI)) == "Yes"


@pytest.mark.parametrize(
    ("column", "value", "held", "shown_by"),
    [
        (of("money", sign="¥"), "1234.50", Decimal("1234.50"), '"¥"#,##0.00'),
        (of("money", sign="JP¥", places=0), "12", Decimal(12), '"JP¥"#,##0'),
        (of("integer", "integer"), 12486, 12486, "#,##0"),
        (of("number", "percent"), "0.256", Decimal("0.256"), "0.0%"),
        (of("integer", "duration"), 90_061, timedelta(seconds=90_061), "[h]:mm:ss"),
        (of("datetime", "month"), MOMENT, date(2026, 12, 1), "yyyy-mm"),
        (of("datetime", "time"), MOMENT, time(1, 5), "hh:mm"),
        (of("datetime"), MOMENT, datetime(2026, 12, 1, 1, 5), None),  # noqa: DTZ001 - there
        (of("number"), "1.50", Decimal("1.50"), None),
    ],
)
def test_a_spreadsheet_reckons_with_the_value_and_shows_its_format(
    column: Column, value: Any, held: Any, shown_by: str | None, tmp_path: Path
) -> None:
    made = cell(column, Row({"a": value}), READER)
    assert (made, code(column)) == (held, shown_by)
    found = _written(tmp_path, [code(column)], [made])[0]
    assert found.number_format == (shown_by or found.number_format)
    assert found.data_type in ("n", "d")


def test_what_is_said_in_words_is_words_in_a_file() -> None:
    assert cell(of("integer", "yes_no"), Row({"a": 1}), READER) == "是"
    assert cell(of("boolean"), Row({"a": False}), READER) == "否"
    assert cell(of("choice", "integer"), Row({"a": "x"}, {"a": "甲"}), READER) == "甲"
    assert cell(of("money", mask=True), Row({"a": "***"}), READER) == "***"
    assert code(of("money", mask=True)) is None


def test_a_file_of_text_has_a_duration_as_hours(tmp_path: Path) -> None:
    place = tmp_path / "a.csv"
    with write_sheet(place, "csv", ["[h]:mm:ss"]) as sheet:
        for seconds in (90_061, 222, -61):
            sheet.row([timedelta(seconds=seconds)])
    assert place.read_text("utf-8-sig").split() == ["25:01:01", "0:03:42", "-0:01:01"]


@pytest.mark.parametrize("said", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_is_not_finite_spoils_no_file(said: str, tmp_path: Path) -> None:
    cells = [cell(of("number"), Row({"a": each}), READER) for each in (said, "1.50")]
    assert cells == [said, Decimal("1.50")]
    row = _written(tmp_path, [], cells)
    assert [str(each.value).lstrip("'") for each in row] == [said, "1.5"]
    assert row[0].data_type == "s"


def test_a_template_reads_what_a_format_says_and_reckons_with_the_rest() -> None:
    chosen, plain = of("integer", "duration"), of("money", sign="¥")
    answer = worded(Answer([chosen], [Row({"a": 3725})]), READER)
    assert _value(answer.rows[0], chosen, SHANGHAI) == "1:02:05"
    answer = worded(Answer([plain], [Row({"a": "12.50"})]), READER)
    assert _value(answer.rows[0], plain, SHANGHAI) == Decimal("12.50")
    flag = of("boolean")
    answer = worded(Answer([flag], [Row({"a": False})]), READER)
    assert _value(answer.rows[0], flag, SHANGHAI) is False


def _written(tmp_path: Path, formats: list[str | None], cells: list[Any]) -> Any:
    place = tmp_path / "a.xlsx"
    with place.open("wb") as draft, write_sheet(draft, "xlsx", formats) as sheet:
        sheet.row(cells)
    (row,) = openpyxl.load_workbook(BytesIO(place.read_bytes())).active.iter_rows()
    return row
