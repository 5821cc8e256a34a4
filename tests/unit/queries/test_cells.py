"""A value of a query as a cell of a file."""

from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from callcenter.objects.sheets import write_sheet
from callcenter.queries.answers import Column, Row
from callcenter.queries.service.exports import _cell

NUMBER = Column("n", {}, "number")


@pytest.mark.parametrize("said", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_is_not_finite_spoils_no_file(said: str, tmp_path: Path) -> None:
    cells = [_cell(NUMBER, Row({"n": each}), ZoneInfo("UTC")) for each in (said, "1.50")]
    assert cells == [said, Decimal("1.50")]
    place = tmp_path / "a.xlsx"
    with place.open("wb") as draft, write_sheet(draft, "xlsx") as sheet:
        sheet.row(cells)
    (row,) = openpyxl.load_workbook(BytesIO(place.read_bytes())).active.iter_rows()
    assert [str(cell.value).lstrip("'") for cell in row] == [said, "1.5"]
    assert row[0].data_type == "s"
