"""Makes a file of a query, and brings it to people: at the bell, and by e-mail where that is said.

Notice and letters are one transaction with the row of the file, whose key is the run: one that is broken
off and tried again brings nothing twice.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from callcenter.automation.commands.base import Command, Doing, Parameter, Refused, Values
from callcenter.core.errors import NotFound
from callcenter.core.i18n import caption
from callcenter.core.permissions import Permission
from callcenter.core.tenant import Actor
from callcenter.messaging.service import Attachment, Draft, Source
from callcenter.queries.service import MEDIA_TYPES, Delivered, Delivering, Filled, Order

LARGEST_ATTACHED = 5 << 20
"""Bytes; what is larger is fetched from the page by whoever signs in."""


class QueryExport(Command):
    """parameters: what is filled in, once and for all; words (`$today-7d`) mean the day of the run."""

    key = "query_export"
    needs = Permission.RECORDS_EXPORT
    parameters = (
        Parameter("query", "query"),
        Parameter("given", "query_parameters", required=False),
        Parameter("format", "choice", default="xlsx", options=("xlsx", "csv")),
        Parameter("channel", "channel", required=False, types=("email",)),
        Parameter("to", "addresses", required=False),
    )

    def problems(self, values: Values, actor: Actor) -> Mapping[str, list[str]]:
        if values["to"] and not values["channel"]:
            return {"channel": ["validation.required"]}
        if values["to"] and not actor.may(Permission.MESSAGES_SEND):
            return {"to": ["command.no_mail_right"]}
        return {}

    def run(self, values: Values, doing: Doing) -> None:
        with doing.begin() as session:
            actor = session.info["scope"].require_actor()
            if self.problems(values, actor):
                raise Refused("task.no_right")
            found = self._ordered(session, values, doing)
            made = found if isinstance(found, Delivered) else None
            if isinstance(found, Order) and not found.is_apart:
                filled = doing.tools.deliveries.write(session, found)
                made = self._tell(session, values, doing, found, filled)
        if isinstance(found, Order) and made is None:
            # Somebody else's database may take its time: nobody waits for it in a transaction.
            filled = doing.tools.deliveries.write(None, found)
            with doing.begin() as session:
                made = self._tell(session, values, doing, found, filled)
        assert made is not None
        doing.say("command.delivered", name=made.name, rows=made.rows)
        if values["to"]:
            doing.say("command.mailed", count=len(values["to"]))

    @staticmethod
    def _ordered(session: Session, values: Values, doing: Doing) -> Order | Delivered:
        deliveries: Delivering = doing.tools.deliveries
        try:
            return deliveries.order(
                session, doing.run_id, values["query"], values["format"], values["given"] or {},
                shared=bool(values["to"]),
            )  # fmt: skip
        except NotFound:
            raise Refused("task.query_gone", {"query": values["query"]}) from None

    def _tell(
        self, session: Session, values: Values, doing: Doing, order: Order, filled: Filled
    ) -> Delivered:
        made: Delivered = doing.tools.deliveries.tell(session, order, filled)
        if values["to"] and not made.known:
            actor = session.info["scope"].require_actor()
            self._mail(session, values, doing, made, actor)
        return made

    def _mail(
        self, session: Session, values: Values, doing: Doing, made: Delivered, actor: Actor
    ) -> None:
        accepting = doing.tools.accepting
        channel = accepting.channel(session, values["channel"])
        if channel.kind != "email":
            raise Refused("command.no_mail_channel", {"channel": values["channel"]})
        drafts = self._drafts(values, doing, made, actor)
        accepting.accept(session, channel, drafts, Source.TASK)

    @staticmethod
    def _drafts(values: Values, doing: Doing, made: Delivered, actor: Actor) -> list[Draft]:
        small = made.size <= LARGEST_ATTACHED
        told: dict[str, Any] = {
            "name": made.name, "rows": made.rows, "link": doing.tools.address + made.page,
        }  # fmt: skip
        text = caption("command.letter" if small else "command.letter_link", actor.locale, told)
        file = Attachment(made.name, made.place, MEDIA_TYPES[values["format"]])
        return [
            Draft(
                address, text, made.name.rpartition(".")[0],
                key=f"task:{doing.run_id}:{address.lower()}", attachments=(file,) if small else (),
            )
            for address in dict.fromkeys(values["to"])
        ]  # fmt: skip


COMMAND = QueryExport()
