"""What `/metrics` tells of a telephony node, read off its parts at every beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callcenter.core.metrics import Counter, Gauge

if TYPE_CHECKING:
    from callcenter.processes.telephony.node import Node

ILLEGAL = Counter("callcenter_illegal_edges_total", "State changes refused", ["machine"])
BACKLOG = Gauge(
    "callcenter_backlog", "What waits inside a process to be done", ["queue"],
    multiprocess_mode="mostrecent",
)  # fmt: skip
WAITING = Gauge(
    "callcenter_callers_waiting", "Callers in the queue of a service", ["service"],
    multiprocess_mode="mostrecent",
)  # fmt: skip
CALLS = Gauge("callcenter_calls", "Calls under way", multiprocess_mode="mostrecent")
LEFT = Gauge(
    "callcenter_state_drift_left", "Differences that the last reconciliation left",
    multiprocess_mode="mostrecent",
)  # fmt: skip
BRIDGE = Counter("callcenter_bridge_total", "What happened at Asterisk's interfaces", ["what"])


def count(what: str, amount: float) -> None:
    """The meter of the AMI client and the AGI server."""
    BRIDGE.labels(what).inc(amount)


class Meters:
    def __init__(self) -> None:
        self._illegal = dict.fromkeys(("agent", "call", "leg"), 0)

    def read(self, node: Node) -> None:
        now = {
            "agent": node.agents.illegal_edges,
            "call": node.board.illegal_edges,
            "leg": node.tracker.illegal_edges,
        }
        for machine, refused in now.items():
            ILLEGAL.labels(machine).inc(refused - self._illegal[machine])
        self._illegal = now
        BACKLOG.labels("ami_events").set(node.ami.backlog)
        BACKLOG.labels("room_changes").set(node.rooms.backlog)
        BACKLOG.labels("journal_lines").set(node.journal.backlog)
        BACKLOG.labels("agi_sessions").set(node.agi.sessions)
        for service_id in node.agents.directory.services:
            WAITING.labels(str(service_id)).set(len(node.matcher.waiting_in(service_id)))
        CALLS.set(node.calls_now)
        LEFT.set(node.drift)
