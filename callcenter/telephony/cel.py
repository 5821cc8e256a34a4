"""What happened to channels while we were away: from CEL, which Asterisk writes by itself.

Rows become the AMI events that they stand for and go through the same tracker, so a fact read here
has the id that AMI would have given it. Reading begins a little before the end of what AMI told,
for at a sudden death some of that was still on its way; what is known already is passed over.
"""

import asyncio
import csv
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import structlog

from callcenter.core.metrics import Counter
from callcenter.telephony.ami import AmiEvent
from callcenter.telephony.legs import Leg, LegChange
from callcenter.telephony.nails import is_nail
from callcenter.telephony.tracker import Tracker

log = structlog.get_logger()

MALFORMED = Counter("callcenter_cel_malformed_total", "Rows of CEL that could not be read")
UNDELIVERED_SECONDS = 2.0
"""What AMI may not yet have delivered, though its backlog is empty."""

_FAIR_SHARE = 2_000
_LONGEST_ROW = 16 * 1024
_EVENTS = {
    "CHAN_START": "Newchannel",
    "ANSWER": "Newstate",
    "BRIDGE_ENTER": "BridgeEnter",
    "BRIDGE_EXIT": "BridgeLeave",
    "HANGUP": "Hangup",
}
_COLUMNS = (
    "kind", "at", "uniqueid", "linkedid", "channel", "number", "name", "exten", "context",
    "application", "account", "userfield", "peer", "extra",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to `size` of the file `inode`, AMI had told everything at `at` (seconds, epoch)."""

    at: float
    inode: int
    size: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of config/asterisk/cel_custom.conf.j2; account is the enterprise's code."""

    kind: str
    at: float
    uniqueid: str
    linkedid: str
    channel: str
    number: str
    name: str
    exten: str
    context: str
    account: str
    bridge_id: str
    bridge_technology: str
    cause: str
    dial_status: str

    @classmethod
    def read(cls, line: bytes) -> "Row":
        """Raises ValueError or csv.Error for what Asterisk cannot have meant."""
        values = next(csv.reader([line.decode(errors="replace")], strict=True))
        cells = dict(zip(_COLUMNS, values, strict=True))
        if not cells["uniqueid"]:
            raise ValueError("no channel")
        extra = json.loads(cells["extra"]) if cells["extra"] else {}
        if not isinstance(extra, dict):
            raise ValueError("extra is no object")  # noqa: TRY004 (one kind of error for a bad row)
        return cls(
            cells["kind"],
            float(cells["at"]),
            cells["uniqueid"],
            cells["linkedid"] or cells["uniqueid"],
            cells["channel"],
            cells["number"],
            cells["name"],
            cells["exten"],
            cells["context"],
            cells["account"],
            str(extra.get("bridge_id", "")),
            str(extra.get("bridge_technology", "")),
            str(int(extra.get("hangupcause", 0))),
            str(extra.get("dialstatus", "")),
        )

    def as_event(self, name: str, enterprise: str) -> AmiEvent:
        return AmiEvent(
            {
                "event": name,
                "timestamp": f"{self.at:.6f}",
                "uniqueid": self.uniqueid,
                "linkedid": self.linkedid,
                "channel": self.channel,
                "channelstate": "6" if name == "Newstate" else "0",
                "calleridnum": self.number,
                "calleridname": self.name,
                "exten": self.exten,
                "context": self.context,
                "chanvariable": f"CC_ENT={enterprise}",
                "bridgeuniqueid": self.bridge_id,
                "bridgetechnology": self.bridge_technology,
                "cause": self.cause,
            }
        )


@dataclass(slots=True)
class Ahead:
    """What must be known of a gap before its first row is followed.

    handled        where each known leg's last handled move stands
    dial_statuses  how each call's dialling went, by its Linkedid
    moves          each nailed channel's first move that nobody handled
    """

    handled: dict[str, int] = field(default_factory=dict)
    dial_statuses: dict[str, str] = field(default_factory=dict)
    moves: dict[str, Row] = field(default_factory=dict)

    def see(self, position: int, row: Row, leg: Leg | None) -> None:
        """leg: the open one of the row's channel, if there is one."""
        # Bridges have ids of their own, so the move that we know of is found by its bridge.
        if leg is not None and (
            (row.kind == "BRIDGE_ENTER" and row.bridge_id == leg.bridge_id)
            or (row.kind == "BRIDGE_EXIT" and row.bridge_id == leg.left_bridge_id)
        ):
            self.handled[row.uniqueid] = position
            self.moves.pop(row.uniqueid, None)
        elif is_nail(row.uniqueid) and row.kind in ("BRIDGE_ENTER", "BRIDGE_EXIT"):
            self.moves.setdefault(row.uniqueid, row)
        if row.dial_status:
            self.dial_statuses[row.linkedid] = row.dial_status


class CelGap:
    """
    file           the CSV; one that is another file or shorter than at the mark is read whole
    state          where the mark is kept, for the next life of this process
    enterprise_of  the id that belongs to an enterprise's code; empty for none
    """

    def __init__(self, file: Path, state: Path, enterprise_of: Callable[[str], str]) -> None:
        self._file = file
        self._state = state
        self._enterprise_of = enterprise_of
        self._recent: deque[Mark] = deque()
        self._alive, self._counts = self._load()

    def mark(self, now: datetime) -> None:
        """AMI is up and everything it delivered is handled."""
        self._alive = now.timestamp()
        inode, size = self._stat()
        self._recent.append(Mark(self._alive, inode, size))
        while self._recent[0].at <= self._alive - UNDELIVERED_SECONDS:
            self._counts = self._recent.popleft()
        temporary = self._state.with_suffix(".tmp")
        temporary.write_text(json.dumps({"alive": self._alive, "mark": asdict(self._counts)}))
        temporary.replace(self._state)

    async def changes(self, tracker: Tracker) -> AsyncIterator[LegChange]:
        """The changes since the mark, oldest first; the tracker stands at each as it is yielded.

        A short gap is read without giving way, so no newer event of AMI comes in between.
        """
        start, end = self._range()
        ahead = await self._look_ahead(tracker, start, end)
        self._stand(tracker, ahead)
        for count, (position, row) in enumerate(self._rows(start, end), 1):
            if count % _FAIR_SHARE == 0:
                await asyncio.sleep(0)
            if position > ahead.handled.get(row.uniqueid, -1):
                for change in self._follow(tracker, row, ahead.dial_statuses):
                    yield change

    def last_proof(self) -> datetime:
        """When Asterisk was last seen alive: by us, or by the last row that it wrote."""
        tail = self._line_start(self._stat()[1] - _LONGEST_ROW)
        written = max((row.at for _, row in self._rows(tail, self._stat()[1])), default=0.0)
        return datetime.fromtimestamp(max(self._alive, written), UTC)

    async def _look_ahead(self, tracker: Tracker, start: int, end: int) -> Ahead:
        ahead = Ahead()
        for count, (position, row) in enumerate(self._rows(start, end), 1):
            if count % _FAIR_SHARE == 0:
                await asyncio.sleep(0)
            ahead.see(position, row, tracker.open_leg(row.uniqueid))
        return ahead

    def _stand(self, tracker: Tracker, ahead: Ahead) -> None:
        """Nobody remembers where a line stood, but it leaves no bridge in which it was not."""
        for row in ahead.moves.values():
            if row.kind == "BRIDGE_EXIT":
                tracker.nails.stood(row.as_event("BridgeLeave", self._enterprise(row)))

    def _follow(
        self, tracker: Tracker, row: Row, dial_statuses: dict[str, str]
    ) -> Iterator[LegChange]:
        name = _EVENTS.get(row.kind)
        if name is None or row.uniqueid in tracker.ended:
            return
        if is_nail(row.uniqueid):
            yield from tracker.handle(row.as_event(name, self._enterprise(row)))
            return
        leg = tracker.legs.get(row.uniqueid)
        if leg is None:
            if name == "Hangup":
                return
            # Its beginning may lie before the mark: nobody had told what the channel was.
            yield from tracker.handle(row.as_event("Newchannel", self._enterprise(row)))
        elif name == "Hangup" and leg.answered_at is None:
            leg.dial_status = leg.dial_status or dial_statuses.get(row.linkedid, "")
        if name != "Newchannel":
            yield from tracker.handle(row.as_event(name, self._enterprise(row)))

    def _enterprise(self, row: Row) -> str:
        return self._enterprise_of(row.account) if row.account else ""

    def _rows(self, start: int, end: int) -> Iterator[tuple[int, Row]]:
        """Whole rows with their positions; a line that is still being written comes next time."""
        if end <= start:
            return
        with self._file.open("rb") as file:
            file.seek(start)
            position = start
            for line in file:
                if position >= end or not line.endswith(b"\n"):
                    return
                try:
                    yield position, Row.read(line)
                except (ValueError, TypeError, csv.Error) as error:
                    MALFORMED.inc()
                    log.warning("cel.malformed", position=position, reason=repr(error)[:200])
                position += len(line)

    def _range(self) -> tuple[int, int]:
        inode, size = self._stat()
        same = inode == self._counts.inode and self._counts.size <= size
        return self._line_start(self._counts.size) if same else 0, size

    def _line_start(self, position: int) -> int:
        """The beginning of the line that `position` is in."""
        if position <= 0:
            return 0
        before = max(0, position - _LONGEST_ROW)
        with self._file.open("rb") as file:
            file.seek(before)
            return before + file.read(position - before).rfind(b"\n") + 1

    def _stat(self) -> tuple[int, int]:
        """Inode and size; Asterisk makes the file with its first row."""
        try:
            stat = self._file.stat()
        except FileNotFoundError:
            return 0, 0
        return stat.st_ino, stat.st_size

    def _load(self) -> tuple[float, Mark]:
        try:
            stored = json.loads(self._state.read_text())
        except FileNotFoundError:
            return 0.0, Mark(0.0, 0, 0)
        return stored["alive"], Mark(**stored["mark"])
