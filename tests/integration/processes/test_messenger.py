"""The process that sends: killed at the worst moment, it sends nothing twice and loses nothing; and
whoever hangs holds up nobody else.
"""

import signal
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.i18n import LOCALES, caption
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from callcenter.messaging.models import Message, MessageChannel, MessageState, Source
from callcenter.messaging.service import Accepting, Draft
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.hosts import HOSTS
from callcenter.tenancy.models import Enterprise, Option, OptionValue
from tests.integration.messaging.sending import by_mail, by_sms
from tests.integration.processes.conftest import StartProcess
from tests.support.mail_server import MailServer, a_mail_server
from tests.support.sms_gateway import SmsGateway, an_sms_gateway
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration


@pytest.fixture
def gateway(database: Database, enterprise_id: UUID) -> Iterator[SmsGateway]:
    with an_sms_gateway() as made:
        reach(database, {enterprise_id: [made.place]})
        keep(database, enterprise_id, by_sms(made))
        yield made


def reach(database: Database, places: Mapping[UUID, Sequence[str]]) -> None:
    """Each enterprise may reach these."""
    with database.begin(Scope.platform()) as session:
        session.merge(Option(key=HOSTS, kind="text", label={}, default={"value": ""}, sort=1))
        session.flush()
        for enterprise_id, own in places.items():
            value = {"value": " ".join(own)}
            session.add(OptionValue(key=HOSTS, enterprise_id=enterprise_id, value=value))


def keep(database: Database, enterprise_id: UUID, body: dict[str, Any], **settings: Any) -> None:
    """A channel as the API takes it."""
    with database.begin(Scope(enterprise_id)) as session:
        session.add(
            MessageChannel(
                id=new_id(), key=body["key"], name=body["name"], kind=body["kind"],
                settings={**body[body["kind"]], **settings}, changed_at=SystemClock().now(),
            )
        )  # fmt: skip


def queue(
    database: Database, enterprise_id: UUID, *to: int | str, channel: str = "sms"
) -> list[UUID]:
    accepting = Accepting(SqlDirectory(), SystemClock())
    with database.begin(Scope(enterprise_id)) as session:
        drafts = [Draft(str(each), "您好") for each in to]
        return accepting.accept(session, accepting.channel(session, channel), drafts, Source.TASK)


def states(database: Database, enterprise_id: UUID) -> dict[UUID, str]:
    with database.begin(Scope(enterprise_id)) as session:
        return dict(session.execute(select(Message.id, Message.state)).all())


def test_killed_in_the_middle_it_sends_nothing_twice_and_goes_on_with_the_rest(
    database: Database, enterprise_id: UUID, gateway: SmsGateway, process: StartProcess
) -> None:
    gateway.acts = ["hang"]
    first = process("messenger")
    (hanging,) = queue(database, enterprise_id, 13800000001)
    assert gateway.called.wait(60)
    first.send_signal(signal.SIGKILL)
    first.wait()
    rest = queue(database, enterprise_id, *range(13800000002, 13800000042))
    with database.begin(Scope(enterprise_id)) as session:
        # Its lease of a minute and a half is over.
        past = SystemClock().now() - timedelta(seconds=1)
        session.execute(
            update(Message).where(Message.state == MessageState.SENDING).values(lease_until=past)
        )
    process("messenger")
    process("messenger")
    expected = {hanging: "uncertain", **dict.fromkeys(rest, "sent")}
    wait_until(lambda: states(database, enterprise_id) == expected, 60, "all but one sent")
    ids = [call["id"] for call in gateway.calls]
    assert len(ids) == len(set(ids)) == 41


def test_asked_to_end_it_waits_for_what_is_under_way(
    database: Database, enterprise_id: UUID, gateway: SmsGateway, process: StartProcess
) -> None:
    gateway.acts = ["wait"]
    ending = process("messenger")
    (sent,) = queue(database, enterprise_id, 13800000001)
    assert gateway.called.wait(60)
    ending.terminate()
    with pytest.raises(subprocess.TimeoutExpired):
        ending.wait(1)
    gateway.over.set()
    assert ending.wait(20) == 0
    assert states(database, enterprise_id) == {sent: "sent"}


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with a_mail_server() as made:
        yield made


@pytest.fixture
def neighbour(database: Database) -> UUID:
    """Another enterprise."""
    made = Enterprise(
        id=new_id(), code="100002", name="远山物流", created_at=SystemClock().now(), version=1
    )
    with database.begin(Scope.platform()) as session:
        session.add(made)
    return made.id


def test_a_gateway_that_hangs_holds_up_its_own_messages_alone_and_none_goes_twice(
    database: Database, enterprise_id: UUID, neighbour: UUID, mail: MailServer,
    process: StartProcess,
) -> None:  # fmt: skip
    """Two channels of one enterprise hang: of one that knows an id again, and of one that does not."""
    with an_sms_gateway() as hanging, an_sms_gateway() as swift:
        own = [hanging.place, mail.place]
        reach(database, {enterprise_id: own, neighbour: [swift.place]})
        keep(database, enterprise_id, by_sms(hanging), idempotent=True, timeout=2)
        keep(database, enterprise_id, {**by_sms(hanging), "key": "once"}, timeout=2)
        keep(database, enterprise_id, by_mail(mail))
        keep(database, neighbour, by_sms(swift))
        hanging.acts = ["hang"] * 1000
        knowing = queue(database, enterprise_id, *range(13800000001, 13800000041))
        (once,) = queue(database, enterprise_id, 13900000001, channel="once")
        process("messenger")
        assert hanging.called.wait(60)

        letters = queue(database, enterprise_id, "a@hailan.example", "b@x.example", channel="mail")
        theirs = queue(database, neighbour, *range(13800000001, 13800000021))
        wait_until(lambda: {*states(database, neighbour).values()} == {"sent"}, 30, "theirs")
        wait_until(lambda: _all(database, enterprise_id, letters, "sent"), 30, "the letters")
        # Forty that each take two seconds, four at once: they have long to go.
        assert 0 in {_row(database, enterprise_id, each).attempts for each in knowing}
        assert len(swift.calls) == len(swift.sent) == len(theirs)
        assert len(mail.taken) == len(letters)

        wait_until(lambda: _row(database, enterprise_id, once).state == "uncertain", 30, "its end")
        wait_until(lambda: _put_off(database, enterprise_id), 30, "one that is tried again")
        late = _put_off(database, enterprise_id)[0]
        assert timedelta(seconds=30) < late.next_at - SystemClock().now() < timedelta(minutes=1)
        for message in (late, _row(database, enterprise_id, once)):
            assert message.reason is not None
            for locale in LOCALES:
                said = caption(message.reason["key"], locale, message.reason["parameters"])
                assert said == caption("outbound.too_slow", locale)

        hanging.acts.clear()
        hanging.over.set()
        wait_until(lambda: _sent_at_last(database, enterprise_id, knowing), 60, "all of them")
        assert _row(database, enterprise_id, once).state == "uncertain"
        calls = Counter(call["id"] for call in hanging.calls)
        assert calls[str(late.id)] == 2
        assert calls[str(once)] == 1
        assert len(hanging.sent) == len(knowing) + 1


def _row(database: Database, enterprise_id: UUID, message_id: UUID) -> Message:
    with database.begin(Scope(enterprise_id)) as session:
        return session.get_one(Message, message_id)


def _all(database: Database, enterprise_id: UUID, ids: Sequence[UUID], state: str) -> bool:
    found = states(database, enterprise_id)
    return {found[each] for each in ids} == {state}


def _put_off(database: Database, enterprise_id: UUID) -> Sequence[Message]:
    """Those that were tried and wait to be tried again."""
    waiting = select(Message).where(Message.state == MessageState.QUEUED, Message.attempts > 0)
    with database.begin(Scope(enterprise_id)) as session:
        return session.scalars(waiting).all()


def _sent_at_last(database: Database, enterprise_id: UUID, ids: Sequence[UUID]) -> bool:
    """Their minute of waiting is over at once."""
    now = SystemClock().now()
    with database.begin(Scope(enterprise_id)) as session:
        waiting = update(Message).where(Message.state == MessageState.QUEUED, Message.next_at > now)
        session.execute(waiting.values(next_at=now))
        session.execute(text("SELECT pg_notify('messages', '')"))
    return _all(database, enterprise_id, ids, "sent")
