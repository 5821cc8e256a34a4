"""What operators see of a node and its trunks."""

from datetime import timedelta
from uuid import UUID

import pytest

from callcenter.calls.events import FactType
from callcenter.core.clock import ManualClock
from callcenter.routing.service import RoutingPlan
from callcenter.telephony.ami import AmiEvent
from callcenter.telephony.platform import Platform
from callcenter.tenancy.service import TrunkPlan
from tests.fakes.switchboard import Shown
from tests.unit.telephony.made import NOW, fact

TRUNK = UUID(int=1)


def trunk(*, enabled: bool = True) -> TrunkPlan:
    return TrunkPlan(TRUNK, "demo", "trunk-demo", "127.0.0.1", 15080, "udp", 30, "", enabled)


def plan(*trunks: TrunkPlan) -> RoutingPlan:
    return RoutingPlan({}, {one.id: one for one in trunks}, {}, {})


class Sight:
    def __init__(self) -> None:
        self.clock, self.shown = ManualClock(NOW), Shown()
        self.platform = Platform(self.clock, self.shown, "telephony")
        self.platform.use(plan(trunk()))

    def contact(self, status: str, aor: str = "trunk-demo") -> None:
        self.platform.contact(AmiEvent({"aor": aor, "contactstatus": status}))

    @property
    def trunk(self) -> object:
        return self.shown.rooms["platform", f"trunk:{TRUNK}"]

    def node(self) -> dict[str, object]:
        self.platform.show(ready=True, ami=True, drift=0, calls=3)
        return self.shown.rooms["platform", "node:telephony"]


@pytest.fixture
def sight() -> Sight:
    return Sight()


def test_nothing_is_known_of_a_trunk_before_it_was_asked(sight: Sight) -> None:
    assert sight.trunk == {"state": "unknown", "since": None}


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Reachable", "up"),
        ("Unreachable", "down"),
        ("Removed", "down"),
        ("NonQualified", "unknown"),
    ],
)
def test_a_trunk_is_what_its_contact_is(sight: Sight, status: str, state: str) -> None:
    sight.contact(status)
    assert sight.trunk == {"state": state, "since": "2026-11-24T02:00:00Z"}


def test_since_is_the_moment_of_the_change_and_not_of_the_last_answer(sight: Sight) -> None:
    sight.contact("Reachable")
    sight.clock.advance(60)
    sight.contact("Reachable")
    assert sight.trunk == {"state": "up", "since": "2026-11-24T02:00:00Z"}


def test_phones_are_no_trunks(sight: Sight) -> None:
    sight.contact("Reachable", "e100001-8001")
    assert sight.trunk == {"state": "unknown", "since": None}


def test_without_asterisk_nothing_is_known(sight: Sight) -> None:
    sight.contact("Reachable")
    sight.platform.lost()
    assert sight.trunk["state"] == "unknown"
    assert sight.platform.endpoints == ["trunk-demo"]
    contact = {"event": "ContactStatusDetail", "aor": "trunk-demo", "status": "Reachable"}
    sight.platform.detailed([AmiEvent({"event": "AorDetail"}), AmiEvent(contact)])
    assert sight.trunk["state"] == "up"


def test_a_disabled_trunk_is_not_called_down_and_a_deleted_one_leaves(sight: Sight) -> None:
    sight.contact("Removed")
    sight.platform.use(plan(trunk(enabled=False)))
    assert sight.trunk["state"] == "unknown"
    sight.platform.use(plan())
    assert sight.trunk is None


def reconciled(seconds: float, repaired: int, number: int = 1) -> object:
    return fact(
        FactType.RECONCILED, seconds, call=None, node="telephony", repaired=repaired,
        differed={"legs": repaired}, **{"pass": number},
    )  # fmt: skip


def test_the_days_drift_is_the_ledgers(sight: Sight) -> None:
    for seconds, repaired, number in ((-90_000, 9, 1), (-60, 2, 1), (-60, 0, 2), (0, 1, 1)):
        sight.platform.fold(reconciled(seconds, repaired, number))
    assert sight.node() == {
        "name": "telephony", "ready": True, "ami": True, "drift": 0, "drift_24h": 3,
        "reconciled_at": "2026-11-24T02:00:00Z", "calls": 3,
    }  # fmt: skip
    assert sight.shown.rooms["platform", "calls"] == {"now": 3}
    sight.clock.advance(timedelta(days=1).total_seconds() + 1)
    assert sight.node()["drift_24h"] == 0
