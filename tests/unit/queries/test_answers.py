"""How many rows there are, as far as a page or an estimate tells it."""

from callcenter.queries.answers import Total, told_by_page, uncounted


def test_a_page_that_is_not_full_tells_where_the_rows_end() -> None:
    assert told_by_page(40, 20, 7) == Total(47)
    assert told_by_page(0, 20, 0) == Total(0)
    assert told_by_page(40, 20, 20) is None
    assert told_by_page(40, 20, 0) is None


def test_where_counting_took_too_long_no_more_is_claimed_than_was_seen() -> None:
    assert uncounted(40, 20, 5000) == Total(60, False, 5000)
    assert uncounted(40, 20, 3) == Total(60, False, 60)
    # Behind the end: there are no more than stand before it, and nobody knows whether so many.
    assert uncounted(40, 0, 5000) == Total(0, False, 40)
    assert uncounted(40, 0, 12) == Total(0, False, 12)
