"""Trunks: registered, changed and deleted by operators."""

import re
import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from callcenter.core.audit import Audit, difference
from callcenter.core.bus import Outbox
from callcenter.core.clock import Clock
from callcenter.core.errors import InUse, Invalid, NotFound, Stale
from callcenter.core.gateway import TelephonyUnavailable
from callcenter.core.http import Page, PageRequest
from callcenter.core.ids import new_id
from callcenter.core.listing import holds, page_rows
from callcenter.tenancy.models import AccessNumber, Trunk
from callcenter.tenancy.service.seams import Live

CHANGEABLE = ("name", "host", "port", "transport", "channels", "national_prefix", "status")
_SORTS = {"name": Trunk.name, "host": Trunk.host, "created_at": Trunk.created_at}


class Trunks:
    def __init__(self, live: Live, audit: Audit, outbox: Outbox, clock: Clock) -> None:
        self._live = live
        self._audit = audit
        self._outbox = outbox
        self._clock = clock

    def page(self, session: Session, request: PageRequest) -> Page:
        query = select(Trunk)
        if request.q:
            query = query.where(holds(request.q, Trunk.name, Trunk.host))
        rows, total = page_rows(session, query, request, _SORTS, "name", Trunk.id)
        states, counts = self.states(), _counts(session)
        items = [_shown(row, states, counts) for row in rows]
        return Page(items, total, request.page, request.page_size)

    def read(self, session: Session, trunk_id: UUID) -> dict[str, Any]:
        """Raises NotFound."""
        return _shown(self._find(session, trunk_id), self.states(), _counts(session))

    def create(self, session: Session, values: Mapping[str, Any]) -> dict[str, Any]:
        """Raises Invalid for a name that is taken."""
        _check_name(session, values["name"])
        trunk = Trunk(
            id=new_id(),
            endpoint=_endpoint(values["name"]),
            created_at=self._clock.now(),
            **values,
        )
        session.add(trunk)
        session.flush()
        self._note(session, "trunk.create", trunk, {}, dict(values))
        return self.read(session, trunk.id)

    def change(
        self, session: Session, trunk_id: UUID, values: Mapping[str, Any], version: int
    ) -> dict[str, Any]:
        """Raises NotFound, Stale, Invalid."""
        trunk = self._find(session, trunk_id)
        if trunk.version != version:
            raise Stale
        if values.get("name", trunk.name) != trunk.name:
            _check_name(session, values["name"])
        before = {key: getattr(trunk, key) for key in CHANGEABLE}
        for key, value in values.items():
            setattr(trunk, key, value)
        session.flush()
        self._note(session, "trunk.change", trunk, *difference(before, {**before, **values}))
        return self.read(session, trunk_id)

    def delete(self, session: Session, trunk_id: UUID, version: int | None) -> None:
        """Raises NotFound, Stale, InUse while it carries an access number."""
        trunk = self._find(session, trunk_id)
        if version is not None and trunk.version != version:
            raise Stale
        if _counts(session).get(trunk.id):
            raise InUse({"by": "access_number"})
        session.delete(trunk)
        self._note(session, "trunk.delete", trunk, {"name": trunk.name}, {})

    def states(self) -> Mapping[str, str]:
        """By trunk id, `up` or `down`, as the bridge sees them; none while it is away."""
        try:
            room = self._live.read("platform")
        except TelephonyUnavailable:
            return {}
        named = {key.partition(":")[2]: state for key, state in room.items() if key[:6] == "trunk:"}
        return {trunk_id: str(state.get("state", "unknown")) for trunk_id, state in named.items()}

    def _find(self, session: Session, trunk_id: UUID) -> Trunk:
        trunk = session.get(Trunk, trunk_id)
        if trunk is None:
            raise NotFound
        return trunk

    def _note(
        self,
        session: Session,
        act: str,
        trunk: Trunk,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        self._audit.record(
            session, act, "trunk", trunk.id, name=trunk.name, before=before, after=after
        )
        self._outbox.record(session, "trunk.changed", trunk.id, sorted({*before, *after}))


def _check_name(session: Session, name: str) -> None:
    if session.scalar(select(Trunk.id).where(Trunk.name == name)) is not None:
        raise Invalid(fields={"name": ["validation.taken"]})


def _endpoint(name: str) -> str:
    """Its name in Asterisk: what can be read of the trunk's, and enough to be unique."""
    readable = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:20]
    return "-".join(part for part in ("trunk", readable, secrets.token_hex(3)) if part)


def _counts(session: Session) -> Mapping[UUID, int]:
    query = select(AccessNumber.trunk_id, func.count()).group_by(AccessNumber.trunk_id)
    return dict(session.execute(query).all())


def _shown(trunk: Trunk, states: Mapping[str, str], counts: Mapping[UUID, int]) -> dict[str, Any]:
    return {
        "id": trunk.id,
        **{key: getattr(trunk, key) for key in CHANGEABLE},
        "access_number_count": counts.get(trunk.id, 0),
        "state": states.get(str(trunk.id), "unknown"),
        "version": trunk.version,
    }
