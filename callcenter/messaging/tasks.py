"""Sends what waits: claimed with a lease, sent once, and how it ended written down.

Before what cannot be taken back (the text of an e-mail, the call of a gateway) the message is marked
as begun, in a transaction of its own. Who dies before that has sent nothing, and the message waits
again; who dies after it leaves an uncertain message, which nobody sends but a person.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from structlog.contextvars import bound_contextvars

from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.insisting import insist
from callcenter.core.numbers import Number
from callcenter.core.outbound import Outbound, OutboundFailed
from callcenter.core.sealed import CannotOpen, Seal
from callcenter.core.tenant import Scope
from callcenter.messaging.gateway import outcome_of, request_of
from callcenter.messaging.load import Load
from callcenter.messaging.mail import Begin, Enclosed, Mailer, letter_of
from callcenter.messaging.models import (
    GATEWAY_SECONDS,
    ChannelKind,
    Message,
    MessageChannel,
    MessageState,
)
from callcenter.messaging.outcomes import Ending, Outcome, after
from callcenter.messaging.service.channels import about
from callcenter.tenancy.service import active_enterprises

LEASE = timedelta(seconds=90)
"""Longer than anything that is sent may take (`mail.SECONDS`, `models.GATEWAY_SECONDS`)."""

REMEMBERED = 20
"""Attempts in a message's history."""

Hosts = Callable[[Session], frozenset[str]]
log = structlog.get_logger()


class Superseded(Exception):
    """The lease is over: somebody else has the message, or a person will."""


class Stopped(Exception):
    """We are to end: nothing more is begun."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """attempt: its number, which fences what is said of it."""

    id: UUID
    enterprise_id: UUID
    channel_id: UUID
    attempt: int


class Courier:
    """hosts: that the enterprise may reach. files: where attachments lie."""

    def __init__(
        self,
        database: Database,
        mailer: Mailer,
        outbound: Outbound,
        seal: Seal,
        hosts: Hosts,
        clock: Clock,
        files: Path = Path(),
    ) -> None:
        self._database = database
        self._files = files
        self._mailer = mailer
        self._outbound = outbound
        self._seal = seal
        self._hosts = hosts
        self._clock = clock
        self._ending = threading.Event()

    def stop(self) -> None:
        """From now on nothing is begun; what was given out and has not begun waits again."""
        self._ending.set()

    def claim(self, most: int, load: Load | None = None) -> Sequence[Claimed]:
        """Those that wait the longest and find room in `load`, where they are counted.

        Those of an enterprise that is suspended wait until it no longer is.
        """
        now = self._clock.now()
        load = load or Load(most, most)
        due = (
            select(Message.id, Message.enterprise_id, Message.channel_id)
            .where(Message.state == MessageState.QUEUED, Message.next_at <= now)
            .where(Message.channel_id.not_in(load.full_channels))
            .where(Message.enterprise_id.not_in(load.full_enterprises))
            .where(Message.enterprise_id.in_(active_enterprises()))
            .order_by(Message.next_at, Message.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        with self._database.begin(Scope.platform()) as session:
            ids = [each for each, *of in session.execute(due) if load.take(*of)]
            if not ids:
                return ()
            taken = (
                update(Message)
                .where(Message.id.in_(ids))
                .values(
                    state=MessageState.SENDING.value,
                    attempts=Message.attempts + 1,
                    begun=False,
                    lease_until=now + LEASE,
                )
                .returning(Message.id, Message.enterprise_id, Message.channel_id, Message.attempts)
            )
            found = session.execute(taken, execution_options={"synchronize_session": False})
            return [Claimed(*row) for row in found]

    def deliver(self, claimed: Claimed) -> None:
        """Send it; whatever happens, how it ended is written down."""
        scope = Scope(claimed.enterprise_id)
        try:
            with self._database.begin(scope) as session:
                message = session.scalars(select(Message).where(Message.id == claimed.id)).one()
                wanted = select(MessageChannel).where(MessageChannel.id == claimed.channel_id)
                channel = session.scalars(wanted).one()
                hosts = self._hosts(session)
                secret = self._secret(session, channel)
            with bound_contextvars(enterprise=str(claimed.enterprise_id)):
                outcome = self._send(message, channel, secret, hosts, claimed)
        except Stopped:
            return self._put_back(claimed)
        except Superseded:
            log.warning("message.superseded", message=str(claimed.id), attempt=claimed.attempt)
            return None
        except Exception as failure:
            # Before anything had begun it will be found by its lease; after that it is uncertain.
            log.exception("message.failed", message=str(claimed.id))
            told = {"kind": type(failure).__name__}
            outcome = Outcome(Ending.UNKNOWN, "message.unforeseen", told)
        return insist(lambda: self._finish(scope, claimed, outcome))

    def recover(self) -> int:
        """Those whose sender has died: sent again only where nothing can have gone."""
        now = self._clock.now()
        over = (
            select(Message)
            .where(Message.state == MessageState.SENDING, Message.lease_until < now)
            .limit(500)
            .with_for_update(skip_locked=True)
        )
        with self._database.begin(Scope.platform()) as session:
            found = session.scalars(over).all()
            for message in found:
                ending = Ending.UNKNOWN if message.begun else Ending.UNSENT
                self._settle(message, Outcome(ending, "message.sender_died"))
        return len(found)

    def _secret(self, session: Session, channel: MessageChannel) -> str | None:
        """None where it cannot be opened here."""
        try:
            return (
                self._seal.open(channel.secret, about(session, channel.id))
                if channel.secret
                else ""
            )
        except CannotOpen:
            return None

    def _send(
        self,
        message: Message,
        channel: MessageChannel,
        secret: str | None,
        hosts: frozenset[str],
        claimed: Claimed,
    ) -> Outcome:
        if not channel.active:
            return Outcome(Ending.REFUSED, "message.channel_off")
        if secret is None:
            return Outcome(Ending.REFUSED, "message.secret_lost")
        settings = channel.settings
        if channel.kind == ChannelKind.EMAIL:
            try:
                enclosed = [self._enclosed(each) for each in message.attachments]
            except FileNotFoundError as gone:
                return Outcome(Ending.REFUSED, "message.attachment_gone", {"name": str(gone)})
            letter = letter_of(
                settings, message.id, message.address, message.subject, message.text,
                self._clock.now(), html=message.html, enclosed=enclosed,
            )  # fmt: skip
            return self._mailer.send(settings, secret, letter, hosts, self._begin(claimed))
        # A gateway that knows our id may be called again: of it nothing is in doubt.
        begin = self._still_ours if settings["idempotent"] else self._begin
        return self._call(settings, _words(message, secret), hosts, begin(claimed))

    def _enclosed(self, attachment: Mapping[str, str]) -> Enclosed:
        """Raises FileNotFoundError with its name: it waited for longer than files are kept."""
        try:
            content = (self._files / attachment["place"]).read_bytes()
        except FileNotFoundError:
            raise FileNotFoundError(attachment["name"]) from None
        return Enclosed(attachment["name"], attachment["type"], content)

    def _call(
        self,
        settings: Mapping[str, Any],
        words: Mapping[str, str],
        hosts: frozenset[str],
        begin: Begin,
    ) -> Outcome:
        request = request_of(settings, words)
        seconds = settings.get("timeout", GATEWAY_SECONDS)
        begin()
        try:
            answer = self._outbound.ask(
                request.method, request.url, hosts, request.headers, request.body, seconds
            )
        except OutboundFailed as failure:
            if not failure.unsent:
                return Outcome(Ending.UNKNOWN, failure.key, failure.parameters)
            ending = Ending.UNSENT if failure.may_pass else Ending.REFUSED
            return Outcome(ending, failure.key, failure.parameters)
        return outcome_of(settings, answer)

    def _begin(self, claimed: Claimed) -> Begin:
        return lambda: self._mark(claimed, begun=True)

    def _still_ours(self, claimed: Claimed) -> Begin:
        return lambda: self._mark(claimed, begun=False)

    def _mark(self, claimed: Claimed, *, begun: bool) -> None:
        """Raises Superseded where the lease is over, Stopped."""
        if self._ending.is_set():
            raise Stopped
        if not self._write_ours(claimed, {"begun": begun}):
            raise Superseded

    def _put_back(self, claimed: Claimed) -> None:
        """Nothing has gone, and that was no attempt. Tried once: the next one has the same number.

        Where that fails the lease tells.
        """
        waiting = {"state": MessageState.QUEUED.value, "attempts": claimed.attempt - 1}
        self._write_ours(claimed, waiting)

    def _write_ours(self, claimed: Claimed, values: Mapping[str, Any]) -> bool:
        """False where the lease is over."""
        ours = (
            update(Message)
            .where(Message.id == claimed.id, Message.attempts == claimed.attempt)
            .where(Message.state == MessageState.SENDING)
            .where(Message.lease_until > self._clock.now())
            .values(values)
        )
        with self._database.begin(Scope(claimed.enterprise_id)) as session:
            done: Any = session.execute(ours, execution_options={"synchronize_session": False})
            return bool(done.rowcount == 1)

    def _finish(self, scope: Scope, claimed: Claimed, outcome: Outcome) -> None:
        """What comes to be known of an uncertain one late is the truth still."""
        with self._database.begin(scope) as session:
            query = select(Message).where(Message.id == claimed.id)
            message = session.scalars(query.with_for_update()).one()
            known = (MessageState.SENDING, MessageState.UNCERTAIN)
            if message.attempts != claimed.attempt or message.state not in known:
                return
            self._settle(message, outcome)
            message.provider_id = outcome.provider_id or message.provider_id
            if outcome.ending is Ending.SENT:
                channel = session.get_one(MessageChannel, claimed.channel_id)
                message.sent_at = self._clock.now()
                message.cost = Decimal(channel.settings.get("price", "0")) * message.parts

    def _settle(self, message: Message, outcome: Outcome) -> None:
        now = self._clock.now()
        standing = after(outcome, message.attempts, now, repeatable=not message.begun)
        message.state, message.next_at = standing.state.value, standing.next_at
        message.reason = outcome.reason
        entry = {
            "at": now.isoformat(),
            "ending": outcome.ending.value,
            "reason": outcome.reason,
        }
        message.history = [*message.history, entry][-REMEMBERED:]


def _words(message: Message, secret: str) -> dict[str, str]:
    number = Number.load(message.address)
    return {
        "to": number.national,
        "to_e164": number.value,
        "text": message.text,
        "id": str(message.id),
        "secret": secret,
    }
