"""What the product itself must not say of a query's answer, and what a template makes of its values."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from callcenter.queries.columns import columns_of
from callcenter.queries.service.templating import _restricted, _typed
from callcenter.queries.sources import sources_of
from tests.unit.queries.made import DEFINITIONS, TO_CLIENT, TO_PARTS, a_column, a_query

SHANGHAI = ZoneInfo("Asia/Shanghai")
HIDDEN = {"key": "hidden", "how": "one", "by": "agent_client"}


def withheld(*columns: object, **more: object) -> set[str]:
    query = a_query(*columns, **more)  # type: ignore[arg-type] # as a document has them
    sources, wrong = sources_of(query, DEFINITIONS)
    assert not wrong
    found, wrong = columns_of(query, sources)
    assert not wrong
    return {*_restricted(found, sources)}


def test_what_is_reckoned_of_what_is_kept_is_kept_wherever_it_stands() -> None:
    columns = [
        a_column("name", "name"),
        a_column("third", expression="second + 1"),
        a_column("second", expression="first + 1"),
        a_column("first", expression="worth + 1"),
        a_column("worth", "worth"),
        a_column("other", expression="name"),
    ]
    ordered = [columns[0], *columns[3:], columns[2], columns[1]]
    kept = {"worth", "first", "second", "third"}
    assert withheld(*ordered, source="client") == kept
    backwards = [columns[0], a_column("twice", expression="worth * 2"), columns[4]]
    assert withheld(*backwards, source="client") == {"worth", "twice"}


def test_a_record_that_some_role_does_not_find_is_kept_with_all_that_hangs_on_it() -> None:
    back = {"key": "jobs", "how": "back", "by": "client", "object": "job", "of": "hidden"}
    columns = [
        a_column("job", "name"), a_column("open", "name", "client"),
        a_column("closed", "name", "hidden"), a_column("beyond", "name", "jobs"),
        a_column("part", "name", "parts"), a_column("made", expression='concat(closed, "")'),
    ]  # fmt: skip
    found = withheld(*columns, joins=[TO_CLIENT, HIDDEN, back, TO_PARTS])
    assert found == {"closed", "beyond", "made"}


@pytest.mark.parametrize("kind", ["datetime", "created_at"])
def test_a_moment_without_zone_is_one_of_the_enterprise(kind: str) -> None:
    ours = datetime(2026, 11, 24, 10, tzinfo=SHANGHAI)
    assert _typed("2026-11-24T10:00:00", kind, SHANGHAI) == ours
    assert _typed("2026-11-24T02:00:00Z", kind, SHANGHAI) == ours
