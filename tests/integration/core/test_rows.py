"""Many rows at once: what is there stays, what was not said is the column's default."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from callcenter.calls.models import Call, TelephonyFact
from callcenter.core.db import ScopeViolation
from callcenter.core.ids import new_id
from callcenter.core.rows import insert_rows, update_rows
from callcenter.core.tenant import Scope

pytestmark = pytest.mark.integration

CALLS, FACTS = Call.__table__, TelephonyFact.__table__
AT = datetime(2026, 11, 24, 2, 3, 4, 567891, tzinfo=UTC)


@pytest.fixture
def platform(database):
    with database.begin(Scope.platform()) as session:
        yield session


def a_call(ours, **more):
    return {
        "id": new_id(),
        "enterprise_id": ours.enterprise_id,
        "direction": "inbound",
        "state": "new",
        "started_at": AT,
        **more,
    }


def stored(session, row):
    session.expire_all()
    return session.scalars(select(Call).where(Call.id == row["id"])).one()


def test_rows_are_stored_as_they_were_given(platform, ours):
    row = a_call(ours, caller_name='𠮷野家 😀 "\\', talk_seconds=1.234567, offers=3, ended_at=AT)
    assert insert_rows(platform, CALLS, [row]) == {row["id"]}
    call = stored(platform, row)
    assert {name: getattr(call, name) for name in row} == row


def test_what_a_row_does_not_name_is_the_default_or_nothing(platform, ours):
    short, long = a_call(ours), a_call(ours, offers=2, estimated=True, ended_at=AT)
    insert_rows(platform, CALLS, [short, long])
    call = stored(platform, short)
    assert (call.offers, call.estimated, call.ended_at) == (0, False, None)


def test_a_row_that_is_there_already_stays_and_is_not_told_of(platform, ours):
    old = a_call(ours)
    insert_rows(platform, CALLS, [old])
    new = a_call(ours)
    assert insert_rows(platform, CALLS, [old | {"state": "ended"}, new]) == {new["id"]}
    assert stored(platform, old).state == "new"


def test_no_rows_are_no_statement(platform):
    assert insert_rows(platform, CALLS, []) == set()


def test_documents_are_kept_with_their_types(platform, ours):
    data = {"b": [1, 2.5, None, {"深": "度"}], "a": False}
    fact = {
        "id": new_id(), "enterprise_id": ours.enterprise_id, "type": "call.started", "at": AT,
        "source": "ami", "data": data,
    }  # fmt: skip
    insert_rows(platform, FACTS, [fact])
    found = platform.scalars(select(TelephonyFact).where(TelephonyFact.id == fact["id"])).one()
    assert found.data == data


def test_rows_are_changed_in_the_named_columns_only(platform, ours):
    first, second = a_call(ours, offers=1), a_call(ours, offers=1)
    insert_rows(platform, CALLS, [first, second])
    changes = [{"id": first["id"], "state": "ended", "ended_at": AT, "offers": 9}]
    update_rows(platform, CALLS, ("state", "ended_at"), changes)
    call = stored(platform, first)
    assert (call.state, call.ended_at, call.offers) == ("ended", AT, 1)
    assert stored(platform, second).state == "new"


def test_a_value_is_taken_away_by_none(platform, ours):
    row = a_call(ours, ended_at=AT)
    insert_rows(platform, CALLS, [row])
    update_rows(platform, CALLS, ("ended_at",), [{"id": row["id"], "ended_at": None}])
    assert stored(platform, row).ended_at is None


def test_an_enterprise_writes_nothing_this_way(database, ours):
    with pytest.raises(ScopeViolation), database.begin(ours) as session:
        insert_rows(session, CALLS, [a_call(ours)])
