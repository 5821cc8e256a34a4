"""Calls on a real Asterisk 22, as AMI told them and as CEL wrote them.

Taken by tests/integration/telephony/test_cel.py's scenarios; headers that nobody reads are left out.
"""

import json
from pathlib import Path

from callcenter.telephony.ami import AmiEvent
from callcenter.telephony.legs import LegChange, LegChangeKind
from callcenter.telephony.tracker import Tracker

FOLDER = Path(__file__).parent / "recordings"
SCENARIOS = sorted(file.stem for file in FOLDER.glob("*.json"))
ENTERPRISE = "0192aaaa-0000-7000-8000-000000000001"


def events(scenario: str) -> list[AmiEvent]:
    return [AmiEvent(headers) for headers in json.loads((FOLDER / f"{scenario}.json").read_text())]


def rows(scenario: str) -> str:
    return (FOLDER / f"{scenario}.csv").read_text()


def enterprise_of(code: str) -> str:
    return ENTERPRISE if code == "100001" else ""


Named = tuple[str, str, str, int]


def named(change: LegChange) -> Named:
    """Which leg, what, which bridge, the how manieth time: what the id of the fact is made of."""
    return change.leg.uniqueid, change.kind.value, change.bridge_id, change.joins


def told(tracker: Tracker, some: list[AmiEvent]) -> list[Named]:
    """What AMI tells, without what CEL cannot know."""
    unknown = (LegChangeKind.RINGING, LegChangeKind.HELD, LegChangeKind.RESUMED)
    return [
        named(change)
        for event in some
        for change in tracker.handle(event)
        if change.kind not in unknown
    ]
