"""What `/metrics` tells of a node."""

from types import SimpleNamespace
from typing import Any

from callcenter.core.metrics import exposition
from callcenter.processes.telephony.meters import Meters, count
from tests.fakes.switchboard import SERVICE, World


def value(name: str) -> float:
    lines = exposition()[0].decode().splitlines()
    return float(next((line.split()[-1] for line in lines if line.startswith(name)), "nan"))


def node_of(world: World) -> Any:
    return SimpleNamespace(
        agents=world.agents, board=world.board, tracker=world.tracker, matcher=world.matcher,
        ami=SimpleNamespace(backlog=7), rooms=SimpleNamespace(backlog=2),
        journal=SimpleNamespace(backlog=3), agi=SimpleNamespace(sessions=4),
        calls_now=5, drift=1,
    )  # fmt: skip


def test_a_node_tells_what_it_refused_and_what_waits() -> None:
    world, meters = World(), Meters()
    refused = 'callcenter_illegal_edges_total{machine="agent"}'
    meters.read(node_of(world))
    before = value(refused)
    world.agents.illegal_edges += 2
    for _ in range(2):  # a second look counts nothing twice
        meters.read(node_of(world))
    assert value(refused) == before + 2
    assert value('callcenter_backlog{queue="ami_events"}') == 7
    assert value('callcenter_backlog{queue="journal_lines"}') == 3
    assert value(f'callcenter_callers_waiting{{service="{SERVICE}"}}') == 0
    assert value("callcenter_calls ") == 5
    assert value("callcenter_state_drift_left ") == 1


def test_what_happens_at_asterisks_interfaces_is_counted() -> None:
    count("ami_timeouts", 1)
    assert value('callcenter_bridge_total{what="ami_timeouts"}') >= 1
