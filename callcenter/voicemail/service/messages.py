"""Messages for people: who sees which, who works on one, and what becomes of it.

A message is seen by the members of its service or its seat's user, and by those who see the team's
or all calls. One agent at a time works on it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from callcenter.calls.service import SoundLinks, actor_of, number_sought, people_seen
from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.directory import Directory
from callcenter.core.errors import AppError, Invalid, NotFound, Stale
from callcenter.core.http import Page, PageRequest
from callcenter.core.listing import page_rows
from callcenter.core.numbers import Number, NumberKind
from callcenter.core.permissions import Permission
from callcenter.core.tenant import Actor, Scope
from callcenter.objects.service import Records
from callcenter.voicemail import queries
from callcenter.voicemail.errors import MessageStands, NoMessageSound
from callcenter.voicemail.models import Voicemail
from callcenter.voicemail.service.showing import Names, shown
from callcenter.voicemail.states import MESSAGE_EDGES, MessageEvent, MessageState, Sound, TargetKind

Dial = Callable[[Actor, str, UUID | None, str | None], Mapping[str, Any]]
"""As an agent dials: actor, number, customer, number to show. Raises what telephony refuses."""

CHANGED = "voicemail.changed"


class Messages:
    def __init__(
        self,
        database: Database,
        directory: Directory,
        records: Records,
        dial: Dial,
        links: SoundLinks,
        audit: Audit,
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        self._database = database
        self._directory = directory
        self._records = records
        self._dial = dial
        self._links = links
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    def page(self, session: Session, request: PageRequest, filters: Mapping[str, Any]) -> Page:
        """Messages that the actor may see; raises Invalid for a filter that is no number."""
        wanted = dict(filters)
        if wanted.pop("mine", False):
            wanted["agent_id"] = actor_of(session).user_id
        if number := wanted.pop("number", None):
            wanted["number"] = str(number_sought(session, self._directory, number))
        query = queries.filtered(self._visible(session), wanted)
        rows, total = page_rows(
            session, query, request, queries.SORTS, "-left_at", Voicemail.id.desc()
        )
        return Page(self._show(session, rows), total, request.page, request.page_size)

    def waiting(self, session: Session) -> int:
        """Messages that nobody has taken."""
        return session.scalar(queries.open_count(self._visible(session))) or 0

    def read(self, session: Session, message_id: UUID) -> dict[str, Any]:
        """With the customers who have its number; raises NotFound."""
        message = self._find(session, message_id)
        number = Number.load(message.number)
        known = self._records.customers_by_number(session, number) if number.value else []
        matching = [{"id": each["id"], "name": str(each["title"] or "")} for each in known]
        return {**self._show(session, [message])[0], "matching": matching}

    def step(self, session: Session, message_id: UUID, event: MessageEvent) -> dict[str, Any]:
        """Take it, give it back, finish or reopen it. Raises NotFound, MessageStands.

        Somebody else's is given back or finished by those alone who see the team's calls.
        """
        message, actor = self._find(session, message_id, lock=True), actor_of(session)
        before = MessageState(message.state)
        after = MESSAGE_EDGES.get((before, event))
        theirs = message.agent_id not in (None, actor.user_id) and before is MessageState.TAKEN
        if after is None or (theirs and not _leads(actor)):
            raise MessageStands({"state": before.value, "agent": self._holder(session, message)})
        message.state = after.value
        now = self._clock.now()
        if after is MessageState.TAKEN:
            message.agent_id, message.taken_at = actor.user_id, now
        elif after is MessageState.NEW:
            message.agent_id = message.taken_at = message.done_at = None
        else:
            message.done_at = now
        self._note(session, event.value, message, {"state": before.value}, {"state": after.value})
        session.flush()
        return self.read(session, message_id)

    def change(
        self, session: Session, message_id: UUID, values: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """What was said, in words, and who it was. Raises NotFound, Stale, Invalid."""
        message = self._find(session, message_id, lock=True)
        if message.version != version:
            raise Stale
        customer_id = values.get("customer_id")
        if customer_id and customer_id != message.customer_id:
            self._check_customer(session, message, customer_id)
        before = {name: getattr(message, name) for name in values}
        for name, value in values.items():
            setattr(message, name, value)
        changed = difference(before, dict(values))
        self._note(session, "change", message, *changed)
        session.flush()
        return self.read(session, message_id)

    def delete(self, session: Session, message_id: UUID) -> None:
        """It is gone for people at once, its files within moments. Raises NotFound."""
        message = self._find(session, message_id, lock=True)
        message.deleted_at = self._clock.now()
        masked = Number.load(message.number).mask()
        self._note(session, "delete", message, {"number": masked, "seconds": message.seconds}, {})

    def call_back(self, actor: Actor, message_id: UUID) -> Mapping[str, Any]:
        """Dial the caller as any number is dialled; who calls back has the message.

        Raises NotFound, MessageStands, Invalid for a withheld number, else what telephony refuses.
        """
        with self._database.begin(Scope.of(actor)) as session:
            message = self._find(session, message_id)
            number = Number.load(message.number)
            if number.kind is NumberKind.WITHHELD:
                raise Invalid(fields={"number": ["validation.phone"]})
            customer_id = self._whom(session, message, number)
            fresh = message.state == MessageState.NEW
            if fresh:
                self.step(session, message_id, MessageEvent.TAKE)
            elif message.state == MessageState.TAKEN and message.agent_id != actor.user_id:
                agent = self._holder(session, message)
                raise MessageStands({"state": message.state, "agent": agent})
        try:
            return self._dial(actor, number.national, customer_id, None)
        except AppError:
            # Nobody was called: the message is anybody's again.
            if fresh:
                with self._database.begin(Scope.of(actor)) as session:
                    self.step(session, message_id, MessageEvent.RELEASE)
            raise

    def link(self, session: Session, message_id: UUID) -> dict[str, Any]:
        """To its sound; asking for it is the access that is logged. Raises NotFound, NoMessageSound."""
        message = self._find(session, message_id)
        if message.sound != Sound.READY:
            raise NoMessageSound({"state": message.sound})
        token, expires = self._links.make(message.id, actor_of(session).user_id)
        self._note(session, "play", message, {}, {})
        return {
            "url": f"/api/v1/voicemail/sound/{token}",
            "peaks": message.peaks,
            "duration": message.seconds,
            "expires_at": expires,
        }

    def path(self, session: Session, token: str) -> str:
        """The file behind a link, relative to the recordings' folder; raises NotFound, LinkExpired."""
        message = self._find(session, self._links.read(token, actor_of(session).user_id))
        if message.sound != Sound.READY:
            raise NotFound
        return message.path

    # -- who and what -----------------------------------------------------------------------

    def _visible(self, session: Session) -> Select[Voicemail]:
        actor = actor_of(session)
        if actor.may(Permission.CALLS_READ_ALL):
            return queries.listed(None)
        people = people_seen(session, self._directory)
        return queries.listed(people | self._services_of(session, people))

    def _services_of(self, session: Session, people: Collection[UUID]) -> set[UUID]:
        services = self._directory.services(session).values()
        return {card.id for card in services if not card.member_ids.isdisjoint(people)}

    def _find(self, session: Session, message_id: UUID, *, lock: bool = False) -> Voicemail:
        query = self._visible(session).where(Voicemail.id == message_id)
        message = session.scalar(query.with_for_update() if lock else query)
        if message is None:
            raise NotFound
        return message

    def _show(self, session: Session, rows: Sequence[Voicemail]) -> list[dict[str, Any]]:
        people = {row.agent_id for row in rows if row.agent_id}
        people |= {row.target_id for row in rows if row.target_kind == TargetKind.SEAT}
        customers = {row.customer_id for row in rows if row.customer_id}
        names = Names(
            self._directory.people(session, people),
            self._directory.services(session),
            self._records.customer_titles(session, customers),
        )
        return [shown(row, actor_of(session), names) for row in rows]

    def _holder(self, session: Session, message: Voicemail) -> str:
        if message.agent_id is None:
            return ""
        person = self._directory.people(session, [message.agent_id]).get(message.agent_id)
        return person.name if person else ""

    def _whom(self, session: Session, message: Voicemail, number: Number) -> UUID | None:
        linked = message.customer_id
        readable = linked and self._records.customer_title(session, linked) is not None
        return linked if readable else self._only_customer(session, number)

    def _only_customer(self, session: Session, number: Number) -> UUID | None:
        known = self._records.customers_by_number(session, number)
        only: UUID | None = known[0]["id"] if len(known) == 1 else None
        # Whom one may not read is called all the same, without being told who it is.
        readable = only and self._records.customer_title(session, only) is not None
        return only if readable else None

    def _check_customer(self, session: Session, message: Voicemail, customer_id: UUID) -> None:
        number = Number.load(message.number)
        known = self._records.customers_by_number(session, number) if number.value else []
        if customer_id in {each["id"] for each in known}:
            return
        if self._records.customer_title(session, customer_id) is None:
            raise Invalid(fields={"customer_id": ["validation.unknown_id"]})

    def _note(
        self,
        session: Session,
        act: str,
        message: Voicemail,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"voicemail.{act}", "voicemail", message.id, before=before, after=after
        )
        if act != "play":
            self._outbox.record(session, CHANGED, message.id, sorted({*before, *after}))


def _leads(actor: Actor) -> bool:
    return actor.may(Permission.CALLS_READ_TEAM) or actor.may(Permission.CALLS_READ_ALL)
