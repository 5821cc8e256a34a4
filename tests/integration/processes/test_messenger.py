"""The process that sends: killed at the worst moment, it sends nothing twice and loses nothing."""

import signal
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from callcenter.messaging.models import Message, MessageChannel, MessageState, Source
from callcenter.messaging.service import Accepting, Draft
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.hosts import HOSTS
from callcenter.tenancy.models import Option, OptionValue
from tests.integration.messaging.sending import by_sms
from tests.integration.processes.conftest import StartProcess
from tests.support.sms_gateway import SmsGateway, an_sms_gateway
from tests.support.waiting import wait_until

pytestmark = pytest.mark.integration


@pytest.fixture
def gateway(database: Database, enterprise_id: UUID) -> Iterator[SmsGateway]:
    with an_sms_gateway() as made:
        with database.begin(Scope.platform()) as session:
            session.merge(Option(key=HOSTS, kind="text", label={}, default={"value": ""}, sort=1))
            session.flush()
            place = {"value": made.place}
            session.add(OptionValue(key=HOSTS, enterprise_id=enterprise_id, value=place))
        settings = by_sms(made)["sms"]
        with database.begin(Scope(enterprise_id)) as session:
            session.add(
                MessageChannel(
                    id=new_id(), key="sms", name="短信", kind="sms", settings=settings,
                    changed_at=SystemClock().now(),
                )
            )  # fmt: skip
        yield made


def queue(database: Database, enterprise_id: UUID, *numbers: int) -> list[UUID]:
    accepting = Accepting(SqlDirectory(), SystemClock())
    with database.begin(Scope(enterprise_id)) as session:
        drafts = [Draft(str(number), "您好") for number in numbers]
        return accepting.accept(session, accepting.channel(session, "sms"), drafts, Source.TASK)


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
