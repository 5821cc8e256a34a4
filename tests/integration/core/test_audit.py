"""The audit log is written with the act, in the log of whom it concerns."""

import pytest
from sqlalchemy import select

from callcenter.core.audit import Audit, AuditEntry
from callcenter.core.tenant import Scope
from tests.integration.core.conftest import NOW

pytestmark = pytest.mark.integration


@pytest.fixture
def audit(clock):
    return Audit(clock)


def entries(database, scope):
    with database.begin(scope) as session:
        return list(session.scalars(select(AuditEntry)))


def test_an_entry_says_who_when_from_where_and_what(database, ours, audit):
    with database.begin(ours) as session:
        audit.record(
            session,
            "team.change",
            "team",
            7,
            name="一组",
            before={"name": "A"},
            after={"name": "B"},
        )
    [entry] = entries(database, ours)
    assert (entry.actor_id, entry.actor_name, entry.actor_code) == (
        ours.actor.user_id,
        "管理员",
        "admin",
    )
    assert (entry.at, entry.ip, entry.action, entry.entity) == (
        NOW,
        "10.0.0.7",
        "team.change",
        "team",
    )
    assert (entry.entity_id, entry.entity_name) == ("7", "一组")
    assert (entry.before, entry.after) == ({"name": "A"}, {"name": "B"})


@pytest.mark.parametrize("key", ["password", "password_hash", "secret", "one_time_password"])
def test_secrets_do_not_reach_the_log(database, ours, audit, key):
    with database.begin(ours) as session:
        audit.record(session, "user.change", "user", 1, before={key: "old"}, after={key: "new"})
    [entry] = entries(database, ours)
    assert (entry.before, entry.after) == ({key: "…"}, {key: "…"})


def test_an_act_that_fails_leaves_no_entry(database, ours, audit):
    def fail():
        with database.begin(ours) as session:
            audit.record(session, "team.change", "team", 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert entries(database, ours) == []


def test_what_the_platform_does_to_an_enterprise_stands_in_its_log(database, ours, theirs, audit):
    with database.begin(Scope.platform(theirs.actor)) as session:
        audit.record(
            session, "enterprise.suspend", "enterprise", 1, enterprise_id=ours.enterprise_id
        )
    assert [entry.action for entry in entries(database, ours)] == ["enterprise.suspend"]
    assert entries(database, theirs) == []


def test_values_of_any_kind_are_kept_as_json(database, ours, audit):
    after = {"at": NOW, "ids": {ours.enterprise_id}, "nested": {1: (True, None, 2.5)}}
    with database.begin(ours) as session:
        audit.record(session, "team.change", "team", 1, after=after)
    [entry] = entries(database, ours)
    assert entry.after == {
        "at": str(NOW),
        "ids": [str(ours.enterprise_id)],
        "nested": {"1": [True, None, 2.5]},
    }
