"""Links to recordings, and who was given one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.calls import queries
from callcenter.calls.errors import NoRecording
from callcenter.calls.models import Recording, RecordingAccess, TelephonyFact
from callcenter.calls.service.links import SoundLinks
from callcenter.calls.service.reading import Calls
from callcenter.calls.service.seeing import actor_of
from callcenter.core.audit import Audit
from callcenter.core.clock import Clock
from callcenter.core.errors import NotFound


class Recordings:
    """Links to recordings: short-lived, for one person, each written down."""

    def __init__(self, calls: Calls, audit: Audit, clock: Clock, key: str) -> None:
        self._calls = calls
        self._audit = audit
        self._clock = clock
        self._links = SoundLinks(key, "recording-link", clock)

    def link(self, session: Session, call_id: UUID) -> dict[str, Any]:
        """Raises NotFound, NoRecording. Asking for the link is the access that is logged."""
        self._calls.find(session, call_id)
        found = list(session.scalars(queries.recordings([call_id])))
        recording = playable(found)
        if recording is None:
            raise NoRecording({"state": found[-1].state if found else "none"})
        actor, now = actor_of(session), self._clock.now()
        session.add(
            RecordingAccess(recording_id=recording.id, user_id=actor.user_id, at=now, ip=actor.ip)
        )
        self._audit.record(session, "recording.play", "recording", recording.id, name=str(call_id))
        token, expires = self._links.make(recording.id, actor.user_id)
        facts = list(session.scalars(queries.facts(call_id)))
        return {
            "url": f"/api/v1/recordings/{token}",
            "peaks": recording.peaks,
            "duration": recording.seconds or 0.0,
            "expires_at": expires,
            "holds": holds(facts, recording.started_at),
        }

    def path(self, session: Session, token: str) -> str:
        """The file behind a link, relative to the recordings' folder; raises NotFound, LinkExpired."""
        recording_id = self._links.read(token, actor_of(session).user_id)
        recording = session.scalar(select(Recording).where(Recording.id == recording_id))
        if recording is None or recording.state != "ready":
            raise NotFound
        return recording.path


def holds(facts: Sequence[TelephonyFact], start: datetime) -> list[dict[str, float]]:
    """When the customer waited on hold, in seconds of the recording."""
    found: list[dict[str, float]] = []
    since: dict[str, float] = {}
    for fact in facts:
        uniqueid, at = str(fact.data.get("uniqueid")), (fact.at - start).total_seconds()
        if fact.type == "leg.held":
            since[uniqueid] = max(0.0, at)
        elif fact.type in ("leg.resumed", "leg.ended") and uniqueid in since:
            found.append({"from_": since.pop(uniqueid), "to": at})
    return found


def playable(recordings: Sequence[Recording]) -> Recording | None:
    return next((recording for recording in recordings if recording.state == "ready"), None)
