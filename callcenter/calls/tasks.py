"""What becomes of a recording: the mono files of a call → one checked file, in stereo or mixed.

Every step can be done again: the finished file is written beside its place and moved there whole,
then the row says `ready`, then the raw files go. Whoever dies in between is followed by a sweep.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import nlargest
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from callcenter.calls.models import Call, Recording
from callcenter.calls.raw import settle
from callcenter.calls.sound import RATE, began, lay, mix, peaks, read_samples, write_wave
from callcenter.core.clock import Clock
from callcenter.core.ids import call_id_of, fact_id
from callcenter.core.jobs import JobQueue, Progress

log = structlog.get_logger()

KIND = "recording.process"
SIDES = ("agent", "customer")
"""Left and right."""
_INCOMING = "incoming"
_HEAD = 44
"""Bytes of a WAV file before its samples."""
_GIVEN_UP = timedelta(minutes=2)
_TIDIED = 500


class RecordingStore:
    """
    folder  the recordings' root, as in `Places.recordings`
    stereo  whether an enterprise's recordings keep the two sides apart
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        stereo: Callable[[Session, UUID], bool] = lambda _session, _enterprise_id: True,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._stereo = stereo

    def process(
        self, session: Session, arguments: Mapping[str, Any], progress: Progress
    ) -> Mapping[str, Any]:
        """The job: arguments {"recording_id"}; returns what was found out about the recording."""
        recording = session.scalar(
            select(Recording)
            .where(Recording.id == UUID(arguments["recording_id"]))
            .with_for_update()
        )
        if recording is None or recording.state == "ready":
            return {}
        sources, takes = self.sources(recording), self.takes(recording)
        progress.step(0, 3)
        if not settle([*sources, *takes], self._clock):
            recording.state = "missing"
            log.warning("recording.missing", call_id=str(recording.call_id))
            return {"state": "missing"}
        agent, customer = (read_samples(source) for source in sources)
        sides = [lay(agent, recording.started_at, takes), customer]
        progress.step(1, 3)
        path = self._path(recording)
        apart = self._stereo(session, recording.enterprise_id)
        written = write_wave(self._folder / path, sides if apart else [mix(sides)])
        progress.step(2, 3)
        recording.path, recording.state = str(path), "ready"
        recording.sha256 = hashlib.sha256(written).hexdigest()
        recording.size = len(written)
        longest = max(len(side) for side in sides)
        recording.seconds = longest / RATE
        named = zip(SIDES, sides, strict=True)
        recording.peaks = {name: peaks(side, longest) for name, side in named}
        return {"state": "ready", "seconds": recording.seconds}

    def request(self, session: Session, jobs: JobQueue, calls: Collection[UUID]) -> set[UUID]:
        """Ask for the stopped recordings of these calls; the calls that had one."""
        query = select(Recording).where(Recording.call_id.in_(calls), Recording.state == "stopped")
        rows = list(session.scalars(query))
        for recording in rows:
            request_processing(session, jobs, recording.id)
        return {recording.call_id for recording in rows}

    def sweep(self, session: Session, jobs: JobQueue) -> int:
        """Ask for what was recorded and not processed; remove what is left over. Returns how many.

        A recording whose call ended without a word about it (Asterisk was gone) counts as stopped.
        """
        ended_long_ago = Call.ended_at < self._clock.now() - _GIVEN_UP
        waiting = (
            select(Recording)
            .join(Call, Call.id == Recording.call_id)
            .where(
                or_(
                    Recording.state == "stopped",
                    and_(Recording.state == "recording", ended_long_ago),
                )
            )
            .order_by(Recording.started_at)
            .limit(200)
        )
        rows = list(session.scalars(waiting))
        for recording in rows:
            request_processing(session, jobs, recording.id)
        return len(rows)

    def adopt(self, session: Session, enterprise_id: UUID) -> int:
        """Take in what was recorded while nobody was there to tell of it; returns how many.

        Asterisk served those callers alone (`[fallback]`). Their calls are known from CEL, and over.
        Of a caller who was not answered there are heads of files only: those go.
        """
        folders = {call_id_of(raw.name): raw for raw in self._untouched(enterprise_id)}
        known = select(Recording.id).where(Recording.call_id == Call.id)
        calls = select(Call).where(
            Call.id.in_(folders), Call.ended_at < self._clock.now() - _GIVEN_UP, ~known.exists()
        )
        adopted = 0
        for call in session.scalars(calls):
            raw = folders[call.id]
            if not _is_heard(raw):
                shutil.rmtree(raw, ignore_errors=True)
                continue
            if not (place := raw.with_name(str(call.id))).exists():
                raw.rename(place)
            session.add(_recording(call))
            adopted += 1
        return adopted

    def _untouched(self, enterprise_id: UUID) -> list[Path]:
        """Folders of calls in which no recording began for a while: the latest, if there are many."""
        folder = self._folder / _INCOMING / str(enterprise_id)
        if not folder.is_dir():
            return []
        before = (self._clock.now() - _GIVEN_UP).timestamp()
        with os.scandir(folder) as entries:
            ages = ((entry.stat().st_mtime, entry.path) for entry in entries)
            latest = nlargest(_TIDIED, (age for age in ages if age[0] < before))
        return [Path(path) for _, path in latest]

    def tidy(self, session: Session, enterprise_id: UUID) -> None:
        """Remove raw files whose recording is ready: a worker died before it could."""
        folder = self._folder / _INCOMING / str(enterprise_id)
        if not folder.is_dir():
            return
        # Some at a time: with the worker behind, there are thousands.
        with os.scandir(folder) as entries:
            while some := [Path(entry) for entry in islice(entries, _TIDIED)]:
                self._tidy(session, some)

    @staticmethod
    def _tidy(session: Session, calls: Sequence[Path]) -> None:
        ids = {call: fact_id("recording", call.name) for call in calls}
        finished = select(Recording.id).where(
            Recording.id.in_(ids.values()), Recording.state == "ready"
        )
        ready = set(session.scalars(finished))
        for call in (call for call, recording_id in ids.items() if recording_id in ready):
            shutil.rmtree(call, ignore_errors=True)

    def sources(self, recording: Recording) -> list[Path]:
        """The raw files, in the order of `SIDES`."""
        return [self._raw(recording) / f"{side}.wav" for side in SIDES]

    def takes(self, recording: Recording) -> list[Path]:
        """What later agents said, recorded at their own phones, in the order they came."""
        return sorted(self._raw(recording).glob(f"{SIDES[0]}-*.wav"), key=began)

    def _raw(self, recording: Recording) -> Path:
        """A folder for each call: to find a call's takes nobody looks through those of others."""
        incoming = self._folder / _INCOMING / str(recording.enterprise_id)
        return incoming / str(recording.call_id)

    def _path(self, recording: Recording) -> Path:
        day: datetime = recording.started_at
        month = Path(str(recording.enterprise_id)) / f"{day:%Y}" / f"{day:%m}"
        return month / f"{recording.call_id}.wav"


def _is_heard(raw: Path) -> bool:
    """Whether there is any sound, be it of silence."""
    return any(file.stat().st_size > _HEAD for file in raw.iterdir())


def _recording(call: Call) -> Recording:
    """As if telephony had told of it, from the moment the customer was connected."""
    return Recording(
        id=fact_id("recording", call.id),
        call_id=call.id,
        state="stopped",
        path=str(call.id),
        started_at=call.connected_at or call.started_at,
        finished_at=call.ended_at,
    )


def request_processing(session: Session, jobs: JobQueue, recording_id: UUID) -> None:
    """Ask for the job; asking twice for one recording is asking once."""
    arguments = {"recording_id": str(recording_id)}
    jobs.request(session, KIND, arguments, job_id=fact_id(KIND, recording_id))
