"""China's holidays, as the library has them."""

from datetime import date

from callcenter.schedules.chinese import holidays_of, is_announced


def test_the_week_of_the_national_day_is_off_with_its_sunday_and_made_up_for() -> None:
    year = holidays_of(2026)
    assert all(year[date(2026, 10, day)].off for day in range(1, 8))
    assert year[date(2026, 10, 4)].name == {"zh-CN": "国庆节", "en": "National Day"}
    made_up = {day for day, holiday in year.items() if not holiday.off}
    assert {date(2026, 9, 20), date(2026, 10, 10)} <= made_up
    assert date(2026, 10, 8) not in year


def test_a_year_that_was_not_announced_has_none() -> None:
    assert is_announced(2026)
    assert not is_announced(2050)
    assert holidays_of(2050) == {}


def test_no_day_is_of_another_year() -> None:
    assert {day.year for day in holidays_of(2025)} == {2025}
