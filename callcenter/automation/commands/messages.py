"""Sends a message to every record of a list that has an address.

A batch is a transaction, and each message has the key of its record: a run that is broken off and
tried again sends nothing twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.automation.commands.base import Command, Doing, Parameter, Refused, Values
from callcenter.core.errors import Invalid
from callcenter.core.i18n import DEFAULT_LOCALE
from callcenter.core.permissions import Permission
from callcenter.messaging.service import Draft, Source
from callcenter.objects.errors import BadValue
from callcenter.objects.service.triggers.templates import rendered

BATCH = 20
"""Each may take its time to be rendered, and a transaction is not to be long."""


@dataclass
class _Tally:
    sent: int = 0
    known: int = 0
    without: int = 0


class Messages(Command):
    """once: a record is written to once for good, else once a run."""

    key = "messages"
    needs = Permission.MESSAGES_SEND
    parameters = (
        Parameter("object", "object"),
        Parameter("list", "list", required=False),
        Parameter("channel", "channel"),
        Parameter("template", "template"),
        Parameter("field", "field", types=("phone", "email")),
        Parameter("once", "switch", default=True),
    )

    def run(self, values: Values, doing: Doing) -> None:
        with doing.begin() as session:
            filters = doing.tools.filters(session, values["object"], values["list"])
        mark = doing.task_id if values["once"] else doing.run_id
        tally, last, more = _Tally(), None, True
        while more:
            with doing.begin() as session:
                found = doing.tools.addresses.batch(
                    session, values["object"], values["field"], filters, last, BATCH
                )
                reached = {f"task:{mark}:{one}": (one, to) for one, to in found if to}
                self._take(session, values, doing, reached, tally)
            tally.without += len(found) - len(reached)
            more = len(found) == BATCH
            last = found[-1][0] if found else None
        doing.say("command.messages", **vars(tally))

    def _take(
        self,
        session: Session,
        values: Values,
        doing: Doing,
        reached: dict[str, tuple[UUID, str]],
        tally: _Tally,
    ) -> None:
        accepting = doing.tools.accepting
        channel = accepting.channel(session, values["channel"])
        known = accepting.known(session, reached)
        fresh = {key: one for key, one in reached.items() if key not in known}
        tally.known += len(known)
        for draft in self._drafts(session, values, doing, fresh):
            try:
                accepting.accept(session, channel, [draft], Source.TASK)
                tally.sent += 1
            except Invalid:
                # One number that is none keeps no other from its message.
                tally.without += 1

    def _drafts(
        self, session: Session, values: Values, doing: Doing, fresh: dict[str, tuple[UUID, str]]
    ) -> Iterator[Draft]:
        texts, template = doing.tools.texts, values["template"]
        for key, (record_id, address) in fresh.items():
            try:
                words = texts.data(session, values["object"], record_id)
                found = rendered(session, texts, template, words)
            except BadValue as fault:
                raise Refused(fault.key, fault.parameters) from fault
            subject = found.name.get(DEFAULT_LOCALE, "")
            yield Draft(
                address, found.text, subject, found.html, template, values["object"], record_id,
                key,
            )  # fmt: skip


COMMAND = Messages()
