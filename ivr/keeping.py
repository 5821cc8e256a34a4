"""IVR services as such: made, copied, renamed, paused and deleted. Their flows are service.py's."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.errors import InUse, Invalid, Stale
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from ivr import queries
from ivr.models import IvrFlowVersion, IvrService, ServiceStatus, VersionState

_PLAIN = ("name", "status")


class Users(Protocol):
    def leads_to(self, session: Session, service_id: UUID) -> str | None:
        """What leads calls there: an access number, a routing service, a flow; None for nothing."""
        ...


class Keeping:
    def __init__(self, clock: Clock, audit: Audit, outbox: Outbox, users: Users) -> None:
        self._clock = clock
        self._audit = audit
        self._outbox = outbox
        self._users = users

    def create(
        self,
        session: Session,
        name: str,
        copy_of: UUID | None = None,
        definition: Mapping[str, Any] | None = None,
    ) -> IvrService:
        """copy_of: whose draft, or else published flow, is the draft of the new one.

        definition: what the draft is instead. Raises Invalid, and NotFound for the one to copy.
        """
        self._check_name(session, name, None)
        copied = queries.newest(session, copy_of) if copy_of is not None else None
        drawn = copied.definition if copied is not None else definition
        scope: Scope = session.info["scope"]
        now = self._clock.now()
        owner = scope.require_actor().enterprise_id
        service = IvrService(id=new_id(), enterprise_id=owner, name=name, changed_at=now)
        service.status = ServiceStatus.ENABLED
        session.add(service)
        session.flush()
        if drawn is not None:
            draft = IvrFlowVersion(
                enterprise_id=owner, service_id=service.id, number=1, made_at=now,
                definition=drawn, state=VersionState.DRAFT,
            )  # fmt: skip
            session.add(draft)
        after = {"name": name} | ({"copy_of": str(copy_of)} if copy_of else {})
        self._note(session, "create", service, {}, after)
        return service

    def change(
        self, session: Session, service_id: UUID, values: Mapping[str, Any], expected: int
    ) -> IvrService:
        """New calls are not led through a paused one. Raises NotFound, Stale, Invalid."""
        service = queries.service(session, service_id)
        if service.version != expected:
            raise Stale
        before = {name: getattr(service, name) for name in _PLAIN}
        if "name" in values:
            self._check_name(session, values["name"], service_id)
        for name in values:
            setattr(service, name, values[name])
        after = {name: getattr(service, name) for name in _PLAIN}
        if after != before:
            service.changed_at = self._clock.now()
            session.flush()
            self._note(session, "change", service, *difference(before, after))
        return service

    def delete(self, session: Session, service_id: UUID, expected: int | None) -> None:
        """With all its versions. Raises NotFound, Stale, InUse while anything leads there."""
        service = queries.service(session, service_id)
        if expected is not None and service.version != expected:
            raise Stale
        if user := self._users.leads_to(session, service_id):
            raise InUse({"by": user})
        session.execute(delete(IvrFlowVersion).where(IvrFlowVersion.service_id == service_id))
        session.delete(service)
        session.flush()
        self._note(session, "delete", service, {"name": service.name}, {})

    @staticmethod
    def _check_name(session: Session, name: str, own_id: UUID | None) -> None:
        if queries.named(session, name) not in (None, own_id):
            raise Invalid(fields={"name": ["validation.taken"]})

    def _note(
        self,
        session: Session,
        act: str,
        service: IvrService,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, f"ivr.{act}", "ivr_service", service.id, name=service.name,
            before=before, after=after,
        )  # fmt: skip
        self._outbox.record(session, "service.changed", service.id, list({**before, **after}))
