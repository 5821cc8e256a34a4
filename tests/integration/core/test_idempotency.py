"""A repeated request answers as the first did, and acts once."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from callcenter.core.errors import Conflict
from callcenter.core.idempotency import KEPT, Answer, Idempotency, IdempotencyKey, KeyReused

pytestmark = pytest.mark.integration

KEY = "key-of-the-request"


class Act:
    """Counts how often it was done."""

    def __init__(self):
        self.done = 0

    def __call__(self):
        self.done += 1
        return Answer(201, {"number": self.done})


@pytest.fixture
def act():
    return Act()


@pytest.fixture
def idempotency(database, clock):
    return Idempotency(database, clock)


def test_the_second_time_the_first_answer_comes_again(idempotency, ours, act):
    first = idempotency.once(ours, KEY, b"{}", act)
    assert idempotency.once(ours, KEY, b"{}", act) == first == Answer(201, {"number": 1})
    assert act.done == 1


def test_another_request_under_the_same_key_is_refused(idempotency, ours, act):
    idempotency.once(ours, KEY, b"{}", act)
    with pytest.raises(KeyReused):
        idempotency.once(ours, KEY, b'{"other": 1}', act)


def test_another_user_may_use_the_same_key(idempotency, ours, theirs, act):
    idempotency.once(ours, KEY, b"{}", act)
    assert idempotency.once(theirs, KEY, b"{}", act).body == {"number": 2}


def test_an_act_that_failed_can_be_tried_again(idempotency, ours, act):
    def fail():
        raise Conflict

    with pytest.raises(Conflict):
        idempotency.once(ours, KEY, b"{}", fail)
    assert idempotency.once(ours, KEY, b"{}", act).status == 201


def test_while_the_first_is_under_way_the_second_is_refused(idempotency, ours, act):
    started, go_on = threading.Event(), threading.Event()

    def slow():
        started.set()
        go_on.wait(10)
        return act()

    first = threading.Thread(target=idempotency.once, args=(ours, KEY, b"{}", slow))
    first.start()
    started.wait(10)
    with pytest.raises(Conflict):
        idempotency.once(ours, KEY, b"{}", act)
    go_on.set()
    first.join(10)
    assert act.done == 1


def test_a_key_is_forgotten_after_a_day(idempotency, database, ours, act, clock):
    idempotency.once(ours, KEY, b"{}", act)
    clock.advance((KEPT + timedelta(minutes=1)).total_seconds())
    assert idempotency.once(ours, KEY, b"{}", act).body == {"number": 2}
    with database.begin(ours) as session:
        assert session.scalar(select(func.count(IdempotencyKey.id))) == 1
