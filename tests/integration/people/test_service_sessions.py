"""Signing in: who is let in, who waits, when a session ends, what the audit log keeps."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from callcenter.core.audit import AuditEntry
from callcenter.core.errors import Invalid
from callcenter.core.permissions import Permission, Role
from callcenter.core.tenant import Scope
from callcenter.people.errors import LockedOut, SignInRefused, WrongPassword
from callcenter.people.models import SignInFailure, Team, TeamMember, User, UserSession, UserStatus
from callcenter.people.service.sessions import (
    FREE_ATTEMPTS,
    FREE_ATTEMPTS_OF_ADDRESS,
    IDLE,
    LONGEST,
)
from callcenter.tenancy.models import Enterprise, Status
from tests.integration.people.conftest import IP, PASSWORD

pytestmark = pytest.mark.integration

NEW = "amber-lighthouse-47"


@pytest.fixture
def enter(sign_ins, house):
    """Sign in at the house; returns what the service returns."""

    def enter(password=PASSWORD, *, code="8001", ip=IP, enterprise=None, operator=False):
        return sign_ins.sign_in(enterprise or house.code, code, password, ip, operator=operator)

    return enter


@pytest.fixture
def fail(enter):
    """Fail to sign in so many times, waiting as long as one is told to."""

    def fail(times, clock=None, **more):
        for _ in range(times):
            with pytest.raises(SignInRefused):
                enter("wrong", **more)

    return fail


def logged(database, house):
    with database.begin(Scope(house.id)) as session:
        return [
            entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        ]


def test_the_right_password_opens_a_session(enter, gate, user):
    opened = enter()
    found = gate.find(opened.cookie, IP)
    assert found == opened.signed_in
    assert (found.actor.user_id, found.actor.role) == (user.id, Role.AGENT)
    assert found.actor.may(Permission.CALLS_HANDLE)


def test_the_cookie_itself_is_not_kept(enter, database, house, user):
    cookie = enter().cookie
    with database.begin(Scope(house.id)) as session:
        [stored] = session.scalars(select(UserSession))
    assert cookie not in {str(value) for value in vars(stored).values()}


def test_every_session_has_a_cookie_and_a_token_of_its_own(enter, user):
    first, second = enter(), enter()
    assert first.cookie != second.cookie
    assert first.signed_in.csrf_token != second.signed_in.csrf_token


def test_the_actor_knows_its_teams(enter, gate, database, house, user):
    with database.begin(Scope(house.id)) as session:
        team = Team(name="一组")
        session.add(team)
        session.flush()
        session.add(TeamMember(team_id=team.id, user_id=user.id))
    assert enter().signed_in.actor.team_ids == (team.id,)


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "wrong"},
        {"password": ""},
        {"code": "8002"},
        {"code": "8001 "},
        {"enterprise": "999999"},
        {"operator": True},
    ],
)
def test_whatever_is_wrong_the_answer_is_the_same(enter, user, wrong):
    with pytest.raises(SignInRefused) as refused:
        enter(**wrong)
    assert (refused.value.details, refused.value.fields) == ({}, {})


def test_a_deactivated_user_is_not_let_in(enter, make_user, house):
    make_user(house, "8009", status=UserStatus.INACTIVE)
    with pytest.raises(SignInRefused):
        enter(code="8009")


def test_nobody_enters_a_suspended_enterprise(enter, database, house, user):
    with database.begin(Scope.platform()) as session:
        session.get(Enterprise, house.id).status = Status.SUSPENDED
    with pytest.raises(SignInRefused):
        enter()


def test_an_operator_enters_by_the_operators_page_only(enter, make_user, house):
    make_user(house, "root", Role.OPERATOR)
    with pytest.raises(SignInRefused):
        enter(code="root")
    assert enter(code="root", operator=True).signed_in.actor.role is Role.OPERATOR


def test_people_of_the_same_code_in_two_enterprises_are_two(
    enter, make_house, make_user, house, user
):
    other = make_house()
    twin = make_user(other)
    assert enter(enterprise=other.code).signed_in.actor.user_id == twin.id
    assert enter().signed_in.actor.user_id == user.id


def test_after_some_failures_a_name_waits_longer_each_time(enter, fail, clock, user):
    fail(FREE_ATTEMPTS)
    for seconds in (5, 10, 20):
        with pytest.raises(LockedOut) as locked:
            enter()
        assert seconds - 1 <= locked.value.details["retry_after"] <= seconds + 1
        clock.advance(seconds + 1)
        fail(1)


def test_while_it_waits_even_the_right_password_is_refused(enter, fail, user):
    fail(FREE_ATTEMPTS)
    with pytest.raises(LockedOut):
        enter()


def test_an_unknown_name_waits_as_a_known_one_does(fail, enter):
    fail(FREE_ATTEMPTS, code="nobody")
    with pytest.raises(LockedOut):
        enter(code="nobody")


def test_another_name_need_not_wait(enter, fail, make_user, house, user):
    make_user(house, "8002")
    fail(FREE_ATTEMPTS)
    assert enter(code="8002")


def test_the_wait_of_a_name_follows_it_from_address_to_address(enter, fail, user):
    fail(FREE_ATTEMPTS)
    with pytest.raises(LockedOut):
        enter(ip="198.51.100.9")


def test_an_address_that_tries_many_names_waits(enter, fail, user):
    for number in range(FREE_ATTEMPTS_OF_ADDRESS):
        fail(1, code=f"9{number:03}")
    with pytest.raises(LockedOut):
        enter()
    assert enter(ip="198.51.100.9"), "from elsewhere nobody is kept out"


def test_signing_in_forgives_what_went_before(enter, fail, clock, user):
    fail(FREE_ATTEMPTS - 1)
    enter()
    fail(FREE_ATTEMPTS - 1)
    assert enter()


def test_failures_are_forgotten_after_a_while(enter, fail, clock, user):
    fail(FREE_ATTEMPTS)
    clock.advance(timedelta(minutes=31).total_seconds())
    fail(FREE_ATTEMPTS - 1)
    assert enter()


def test_guessing_in_parallel_wins_no_attempts(enter, database, user):
    """Attempts on one name are taken one after the other, however they arrive."""
    ended = Counter()

    def guess():
        try:
            enter("wrong")
        except (SignInRefused, LockedOut) as refusal:
            ended[type(refusal)] += 1

    guesses = [threading.Thread(target=guess) for _ in range(FREE_ATTEMPTS * 3)]
    for each in guesses:
        each.start()
    for each in guesses:
        each.join(30)
    assert ended == {SignInRefused: FREE_ATTEMPTS, LockedOut: FREE_ATTEMPTS * 2}


@pytest.mark.parametrize("name", ["8001\n/evil", "x" * 5000, "𠮷野家😀", "' OR 1=1 --"])
def test_hostile_names_are_refused_like_others(enter, name):
    with pytest.raises(SignInRefused):
        enter(code=name)


def test_no_cookie_opens_nothing(gate, user):
    for cookie in ("", "x", "x" * 5000):
        assert gate.find(cookie, IP) is None


def test_a_session_ends_when_nothing_happens(enter, gate, clock, user):
    cookie = enter().cookie
    clock.advance(IDLE.total_seconds() - 60)
    assert gate.find(cookie, IP)
    clock.advance(IDLE.total_seconds() - 60)
    assert gate.find(cookie, IP), "being used keeps it alive"
    clock.advance(IDLE.total_seconds() + 60)
    assert gate.find(cookie, IP) is None


def test_a_session_ends_however_busy_it_is(enter, gate, clock, user):
    cookie = enter().cookie
    for _ in range(int(LONGEST / IDLE) * 2):
        clock.advance(IDLE.total_seconds() / 2)
        gate.find(cookie, IP)
    clock.advance(60)
    assert gate.find(cookie, IP) is None


def test_deactivating_a_user_ends_the_session(enter, gate, database, house, user):
    cookie = enter().cookie
    with database.begin(Scope(house.id)) as session:
        session.execute(update(User).values(status=UserStatus.INACTIVE))
    assert gate.find(cookie, IP) is None


def test_signing_out_ends_this_session_only(enter, sign_ins, gate, user):
    here, there = enter(), enter()
    sign_ins.sign_out(here.signed_in.actor)
    assert gate.find(here.cookie, IP) is None
    assert gate.find(there.cookie, IP)


def test_signing_out_everywhere_ends_every_session_of_the_user_and_nobody_elses(
    enter, sign_ins, gate, make_user, house, user
):
    make_user(house, "8002")
    mine, also_mine, theirs = enter(), enter(), enter(code="8002")
    sign_ins.sign_out(mine.signed_in.actor, everywhere=True)
    assert [gate.find(one.cookie, IP) is None for one in (mine, also_mine, theirs)] == [
        True,
        True,
        False,
    ]


def test_a_changed_password_opens_and_the_old_one_does_not(enter, sign_ins, user):
    sign_ins.change_password(enter().signed_in.actor, PASSWORD, NEW)
    assert enter(NEW)
    with pytest.raises(SignInRefused):
        enter()


def test_changing_the_password_ends_the_users_other_sessions(enter, sign_ins, gate, user):
    here, there = enter(), enter()
    sign_ins.change_password(here.signed_in.actor, PASSWORD, NEW)
    assert gate.find(here.cookie, IP)
    assert gate.find(there.cookie, IP) is None


def test_a_first_password_must_be_changed(enter, sign_ins, gate, make_user, house):
    make_user(house, "8009", must_change_password=True)
    opened = enter(code="8009")
    assert opened.signed_in.must_change_password
    sign_ins.change_password(opened.signed_in.actor, PASSWORD, NEW)
    assert not gate.find(opened.cookie, IP).must_change_password


def test_the_present_password_is_needed_to_change_it(enter, sign_ins, user):
    with pytest.raises(WrongPassword):
        sign_ins.change_password(enter().signed_in.actor, "wrong", NEW)
    assert enter()


def test_a_poor_password_changes_nothing(enter, sign_ins, user):
    with pytest.raises(Invalid):
        sign_ins.change_password(enter().signed_in.actor, PASSWORD, "short")
    assert enter()


def test_the_language_is_kept_with_the_user(enter, sign_ins, user):
    sign_ins.set_locale(enter().signed_in.actor, "en")
    assert enter().signed_in.actor.locale == "en"


def test_the_audit_log_keeps_what_happened(enter, fail, sign_ins, database, house, user):
    fail(1)
    actor = enter().signed_in.actor
    sign_ins.change_password(actor, PASSWORD, NEW)
    sign_ins.sign_out(actor)
    sign_ins.sign_out(enter(NEW).signed_in.actor, everywhere=True)
    assert logged(database, house) == [
        "session.refused",
        "session.opened",
        "password.changed",
        "session.closed",
        "session.opened",
        "session.closed_everywhere",
    ]


def test_no_password_reaches_the_database_in_clear(enter, fail, sign_ins, database, house, user):
    fail(1)
    sign_ins.change_password(enter().signed_in.actor, PASSWORD, NEW)
    with database.begin(Scope.platform()) as session:
        for table in (AuditEntry, User, UserSession, SignInFailure):
            for row in session.scalars(select(table)):
                kept = str(vars(row))
                assert PASSWORD not in kept
                assert NEW not in kept


def test_an_unknown_name_leaves_no_trace_in_any_enterprises_log(fail, database):
    with database.begin(Scope.platform()) as session:
        before = session.scalar(select(func.count(AuditEntry.id)))
    fail(1, code="nobody")
    with database.begin(Scope.platform()) as session:
        assert session.scalar(select(func.count(AuditEntry.id))) == before
