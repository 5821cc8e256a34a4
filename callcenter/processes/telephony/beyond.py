"""What flows do beyond the call: records, addresses outside, PINs, notices. `ivr.runner.Beyond`."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.orm import Session as DbSession
from structlog.contextvars import bound_contextvars

from callcenter.core.directory import Directory as People
from callcenter.core.errors import AppError
from callcenter.core.outbound import Outbound, OutboundFailed, hosts_of
from callcenter.notices.service import Notice, Notices
from callcenter.objects.service import FlowRecords, Found
from callcenter.processes.hosts import HOSTS
from callcenter.processes.telephony.customers import CallerReading
from callcenter.telephony.directory import Directory
from callcenter.telephony.guesses import Guesses
from callcenter.telephony.live import LiveCall
from callcenter.telephony.offers import Offers
from callcenter.telephony.session import Session
from callcenter.telephony.voicemail import VoicemailDesk
from ivr.answers import Unreadable, read
from ivr.credentials import OpenedCredentials
from ivr.effects import (
    AskCallback,
    KeepAnswer,
    Notify,
    Outcome,
    Outside,
    Query,
    Record,
    Request,
    Verify,
    Whom,
    Write,
    WriteAct,
)
from ivr.expressions import Value
from ivr.references import put_in, wanted

log = structlog.get_logger()

NOTICE = "flow"
_AT_ONCE = 8
"""Requests under way; each holds a thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beyonds:
    """What is beyond any call; `of` is what one call has of it."""

    work: CallerReading
    records: FlowRecords
    outbound: Outbound
    credentials: OpenedCredentials
    notices: Notices
    people: People
    guesses: Guesses
    directory: Callable[[], Directory]
    voicemail: VoicemailDesk
    offers: Offers
    keep_answer: Callable[[LiveCall, KeepAnswer], None]
    threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="flow-http")
    )

    def of(self, session: Session, call: LiveCall, *, in_ledger: bool = True) -> "CallBeyond":
        """in_ledger: whether records may say that they were made in this call."""
        return CallBeyond(self, session, call, call.id if in_ledger else None)

    def close(self) -> None:
        self.work.close()
        self.threads.shutdown(wait=False, cancel_futures=True)


class CallBeyond:
    def __init__(
        self, parts: Beyonds, session: Session, call: LiveCall, made_in: UUID | None
    ) -> None:
        self._parts = parts
        self._session = session
        self._call = call
        self._made_in = made_in

    async def __call__(self, effect: Outside) -> Outcome:
        deeds: Mapping[type[Outside], Callable[[Any], Awaitable[Outcome]]] = {
            Query: self._query,
            Write: self._write,
            Request: self._request,
            Verify: self._verify,
            Notify: self._notify,
            Record: self._record,
            AskCallback: self._ask_callback,
            KeepAnswer: self._keep,
        }
        return await deeds[type(effect)](effect)

    async def _query(self, query: Query) -> Outcome:
        keys = frozenset(query.reads.values())

        def find(session: DbSession) -> Found:
            _hurry(session, query)
            found = self._parts.records
            return found.find(session, query.object, query.where, keys, query.order)

        found = await self._parts.work.use(self._call, find)
        return query.outcome(found.records, found.id, found.values)

    async def _write(self, write: Write) -> Outcome:
        try:
            written = await self._parts.work.use(self._call, lambda s: self._written(s, write))
        except AppError as refusal:
            # Whatever the values are, they are not in the log.
            log.warning("ivr.not_written", object=write.object, code=refusal.code)
            return Outcome(write.failed)
        return Outcome("written", {write.into: str(written)} if write.into else {})

    def _written(self, session: DbSession, write: Write) -> UUID:
        _hurry(session, write)
        records, call = self._parts.records, self._call
        if write.act is WriteAct.CREATE:
            return records.create(session, write.object, write.values, self._made_in, call.customer)
        if write.act is WriteAct.UPDATE:
            record_id = UUID(write.record)
        else:
            record_id = records.only_caller(session, write.object, call.customer)
        records.update(session, write.object, record_id, write.values)
        return record_id

    async def _request(self, request: Request) -> Outcome:
        plan = self._parts.directory().plan
        known = plan.enterprises.get(self._call.enterprise_id) if plan else None
        allowed = hosts_of(str(known.options.get(HOSTS) or "")) if known else frozenset[str]()

        try:
            headers = await self._with_secrets(request)
        except AppError as fault:
            log.warning("ivr.no_credential", call_id=str(self._call.id), code=fault.code)
            return Outcome("failed")

        def ask() -> Outcome:
            body = request.body.encode() if request.body else None
            # In here: a thread of the pool has nothing of what is bound elsewhere.
            with bound_contextvars(enterprise=str(self._call.enterprise_id)):
                answer = self._parts.outbound.ask(
                    request.method, request.url, allowed, headers, body, request.timeout
                )
            sets: dict[str, Value] = {request.status: answer.status} if request.status else {}
            if not 200 <= answer.status < 300:
                return Outcome("failed", sets)
            return Outcome("ok", sets | read(answer.content, request.answer, dict(request.reads)))

        try:
            return await asyncio.get_running_loop().run_in_executor(self._parts.threads, ask)
        except OutboundFailed as failure:
            log.info("ivr.not_asked", call_id=str(self._call.id), reason=failure.key)
            return Outcome("timeout" if failure.key == "outbound.too_slow" else "failed")
        except Unreadable as fault:
            log.info("ivr.not_read", call_id=str(self._call.id), reason=str(fault))
            return Outcome("failed")

    async def _with_secrets(self, request: Request) -> Mapping[str, str]:
        """The headers as they are sent. Raises NotFound."""
        names = wanted(request.headers.values())
        if not names:
            return request.headers

        def opened(session: DbSession) -> Mapping[str, str]:
            _hurry(session, request)
            return self._parts.credentials.of(session, names, request.url)

        secrets = await self._parts.work.use(self._call, opened)
        return {name: put_in(text, secrets) for name, text in request.headers.items()}

    async def _verify(self, verify: Verify) -> Outcome:
        """What is entered wrong counts for the number, so calling again gives no more attempts."""
        guesses, secret, lock = self._parts.guesses, _secret(verify), verify.lock_minutes * 60
        try:
            # Counted before it is looked at: calls side by side have no attempts of their own.
            count = await guesses.count(self._call, secret, verify.attempts, lock)
            if count > verify.attempts:
                return Outcome("refused")
            right = await self._looked_at(verify)
            if right is None:
                return Outcome("unknown")
            if right:
                await guesses.forget(self._call, secret)
                return Outcome("verified")
        except RedisError:
            log.exception("ivr.unverified", call_id=str(self._call.id))
            return Outcome("unknown")
        return Outcome("refused" if count >= verify.attempts else "wrong")

    async def _looked_at(self, verify: Verify) -> bool | None:
        right = None
        try:
            right = await self._parts.work.use(self._call, lambda s: self._is_right(s, verify))
        finally:
            if right is None:  # nobody can say, or it takes too long
                await self._parts.guesses.give_back(self._call, _secret(verify))
        return right

    def _is_right(self, session: DbSession, verify: Verify) -> bool | None:
        _hurry(session, verify)
        number = self._call.customer
        return self._parts.records.matches(session, number, verify.key, verify.entered)

    async def _notify(self, notify: Notify) -> Outcome:
        number = self._call.customer
        # It goes to whoever is told, whatever they may see.
        said = notify.text.replace(number.national, number.mask()) if number.value else notify.text
        target = UUID(notify.target)

        def post(session: DbSession) -> None:
            _hurry(session, notify)
            people = self._parts.people.people(session).values()
            members = {person.id for person in people if target in person.team_ids}
            told = {target} if notify.to is Whom.SEAT else members
            self._parts.notices.post(session, told, Notice(NOTICE, said))

        await self._parts.work.use(self._call, post)
        return Outcome("next")

    async def _record(self, record: Record) -> Outcome:
        kept = await self._parts.voicemail.record(
            self._session, self._call, UUID(record.target), record.seconds, record.silence,
            record.terminator, beep=record.beep,
        )  # fmt: skip
        if kept is None:
            return Outcome(record.failed)
        return Outcome("recorded" if kept else "silent")

    async def _keep(self, kept: KeepAnswer) -> Outcome:
        self._parts.keep_answer(self._call, kept)
        return Outcome("answered")

    async def _ask_callback(self, ask: AskCallback) -> Outcome:
        service = self._parts.directory().service(UUID(ask.service))
        if service is None or service.enterprise_id != self._call.enterprise_id:
            return Outcome("declined")
        # The dialogue is spoken in it, and so will be the call back.
        self._call.language = ask.language
        taken = await self._parts.offers.callback(self._session, self._call, service)
        return Outcome("taken" if taken else "declined")


def _secret(verify: Verify) -> str:
    """The field of the caller's record, whichever flow asks for it: they have one count together."""
    return f"verify:{verify.key}"


def _hurry(session: DbSession, effect: Outside) -> None:
    """A statement that goes on when nobody waits for it would keep a thread from other calls."""
    milliseconds = int((effect.within or 1) * 1000)
    session.execute(text(f"SET LOCAL statement_timeout = {milliseconds}"))
