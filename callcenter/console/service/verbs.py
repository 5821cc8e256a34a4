"""What an agent does with state and calls; carried out by telephony alone."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.audit import Audit
from callcenter.core.db import Database
from callcenter.core.directory import Directory, Person, ServiceCard
from callcenter.core.errors import Invalid
from callcenter.core.gateway import TelephonyGateway
from callcenter.core.numbers import BadNumber, Number, NumberKind, parse_number
from callcenter.core.tenant import Actor, Scope
from callcenter.objects.service import Records


class Verbs:
    def __init__(
        self,
        database: Database,
        gateway: TelephonyGateway,
        directory: Directory,
        records: Records,
        audit: Audit,
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._directory = directory
        self._records = records
        self._audit = audit

    def send(self, actor: Actor, verb: str, body: Mapping[str, Any] | None = None) -> Any:
        """A verb without anything to check here; the refusal comes from telephony."""
        return self._gateway.send(actor, verb, body or {})

    def set_state(self, actor: Actor, state: str, reason_id: UUID | None) -> Any:
        """Raises Invalid for a reason that is unknown, or missing where some exist."""
        if state == "ready":
            return self._gateway.send(actor, "agent.set_ready", {})
        with self._database.begin(Scope.of(actor)) as session:
            reasons = {r.id for r in self._directory.reasons(session) if r.active}
        if reason_id not in reasons and (reasons or reason_id is not None):
            key = "validation.required" if reason_id is None else "validation.unknown_id"
            raise Invalid(fields={"reason_id": [key]})
        body = {"reason_id": str(reason_id) if reason_id else None}
        return self._gateway.send(actor, "agent.set_not_ready", body)

    def dial(
        self,
        actor: Actor,
        number: str,
        customer_id: UUID | None,
        display_number: str | None,
        *,
        attempt_id: UUID | None = None,
        call_id: UUID | None = None,
        ring_seconds: int | None = None,
    ) -> Mapping[str, Any]:
        """Call somebody; raises Invalid per field, else what telephony refuses.

        A masked number is dialled by who may not see it: it means the customer's number behind it.
        Whom one has called one may read from then on, so it must be one that may be read, or that
        an attempt gives.
        """
        with self._database.begin(Scope.of(actor)) as session:
            if customer_id is not None and attempt_id is None:
                self._check_customer(session, customer_id)
            enterprise = self._directory.enterprise(session)
            if "*" in number:
                found = self._records.unmask(session, customer_id, number)
                if found is None:
                    raise Invalid(fields={"number": ["validation.phone"]})
                called = Number.load(found)
            else:
                called = _parse(number, enterprise.area_code)
            shown = display_number or next(iter(enterprise.display_numbers), "")
            if shown not in enterprise.display_numbers:
                raise Invalid(fields={"display_number": ["validation.unknown_choice"]})
            self._audit.record(
                session, "call.dial", "call", call_id or "", after={"number": called.mask()}
            )
        body = {
            "number": called.national,
            "display_number": shown,
            "call_id": str(call_id) if call_id else None,
            "customer_id": str(customer_id) if customer_id else None,
            "attempt_id": str(attempt_id) if attempt_id else None,
            "ring_seconds": ring_seconds,
        }
        return self._gateway.send(actor, "call.dial", body, attempt_id)

    def _check_customer(self, session: Session, customer_id: UUID) -> None:
        if self._records.customer_title(session, customer_id) is None:
            raise Invalid(fields={"customer_id": ["validation.unknown_id"]})

    def to_target(
        self, actor: Actor, verb: str, call_id: UUID, target: Mapping[str, str]
    ) -> Mapping[str, Any]:
        """Transfer or consult; raises Invalid for a target that does not exist."""
        with self._database.begin(Scope.of(actor)) as session:
            value = self._target(session, target)
            after = {"target": target["kind"], "verb": verb}
            self._audit.record(session, verb, "call", call_id, after=after)
        body = {"call_id": str(call_id), "target": {"kind": target["kind"], "value": value}}
        return self._gateway.send(actor, verb, body)

    def _target(self, session: Any, target: Mapping[str, str]) -> str:
        if target["kind"] == "number":
            area_code = self._directory.enterprise(session).area_code
            return _parse(target["value"], area_code, "target.value").national
        known: dict[UUID, Person | ServiceCard] = {}
        if target["kind"] in ("seat", "voicemail"):
            known |= self._directory.people(session)
        if target["kind"] != "seat":
            known |= self._directory.services(session)
        if target["value"] not in {str(key) for key, card in known.items() if card.active}:
            raise Invalid(fields={"target.value": ["validation.unknown_id"]})
        return target["value"]


def _parse(text: str, area_code: str, field: str = "number") -> Number:
    try:
        number = parse_number(text, area_code, extensions=True)
    except BadNumber:
        raise Invalid(fields={field: ["validation.phone"]}) from None
    if number.kind is NumberKind.WITHHELD:
        raise Invalid(fields={field: ["validation.phone"]})
    return number
