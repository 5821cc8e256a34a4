"""A draft tried on a phone: what is told of it, what is really done, and what the tester says."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from callcenter.core.clock import ManualClock
from callcenter.core.ids import new_id
from callcenter.core.numbers import parse_number
from callcenter.processes.telephony.trials import TrialCall, TrialParts, Wish
from callcenter.telephony.control import Refused
from ivr.effects import Outcome, Outside
from ivr.phrases import fixed, phrase_clips
from ivr.prompts import PromptLibrary
from ivr.validation import read
from tests.fakes.session import ScriptedSession
from tests.unit.ivr.conftest import AGENTS, BYE, SERVICE, definition, menu, node, say
from tests.unit.ivr.test_runner import Typewriter, heard

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
OWNER, FLOW, TESTER = (str(new_id()) for _ in range(3))
QUERY = {"object": "order", "where": [{"field": "code", "value": 1}], "reads": {"due": "due"}}
WAYS = {"one": "write", "none": "bye", "several": "bye", "failed": "bye"}
WRITE = {"object": "order", "act": "create", "values": [{"field": "code", "value": 1}]}
BOTH = (
    node("query", "query", QUERY, **WAYS),
    node("write", "write", WRITE, written="bye", failed="bye"),
    BYE,
)


class Rooms:
    def __init__(self) -> None:
        self.values: dict[str, dict[str, Any] | None] = {}
        self.changed = asyncio.Event()

    def set(self, room: str, key: str, value: dict[str, Any] | None) -> None:
        assert room == f"ivr:{OWNER}:{FLOW}"
        self.values[key] = value
        self.changed.set()


class Really:
    """What is really done, in order."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def of(self, _session: Any, call: Any, *, in_ledger: bool) -> Any:
        assert not in_ledger
        assert call.customer.national == "13800000001"
        return self

    async def __call__(self, effect: Outside) -> Outcome:
        self.done.append(type(effect).__name__)
        return Outcome({"Query": "one", "Write": "written"}[type(effect).__name__])


class Bench:
    def __init__(self, library: PromptLibrary) -> None:
        self.library, self.rooms, self.really = library, Rooms(), Really()

    def trial(self, *nodes: Any, reads: bool = False, acts: bool = False) -> TrialCall:
        async def known(*_: Any) -> dict[str, Any]:
            return {"customers": 1}

        flow = read(definition(*nodes), owner=OWNER, service=FLOW)
        customers: Any = type("Customers", (), {"of": staticmethod(known)})
        parts = TrialParts(
            clock=ManualClock(NOW), rooms=self.rooms, library=self.library, customers=customers,
            beyonds=self.really, directory=None,  # type: ignore[arg-type]
        )  # fmt: skip
        wish = Wish(flow, parse_number("13800000001"), "95588", None, {"vip": True}, reads, acts)
        return TrialCall(parts, wish, UUID(TESTER), "8001")

    async def until(self, holds: Callable[[dict[str, Any]], Any]) -> None:
        """What is told of the trial is so; in seconds, or never."""
        async with asyncio.timeout(5):
            while not (self.rooms.values and holds(self.told)):
                self.rooms.changed.clear()
                await self.rooms.changed.wait()

    @property
    def told(self) -> dict[str, Any]:
        (value,) = self.rooms.values.values()
        assert value is not None
        return value


@pytest.fixture
def bench(tmp_path: Any) -> Bench:
    library = PromptLibrary(tmp_path, Typewriter())
    library.ensure(phrase_clips())
    return Bench(library)


async def test_what_lies_beyond_is_the_testers_to_say_and_nothing_is_done(bench: Bench) -> None:
    trial = bench.trial(*BOTH)
    running = asyncio.create_task(trial.work(ScriptedSession()))
    await bench.until(lambda told: told["waits"])
    assert bench.told["waits"]["exits"] == ["one", "none", "several", "failed"]
    with pytest.raises(Refused):
        trial.turns_out("written", {})
    trial.turns_out("one", {"due": "2026-12-01", "other": 1})
    with pytest.raises(Refused):
        trial.turns_out("one", {})
    await bench.until(lambda told: told["node"] == "write")
    trial.turns_out("failed", {})
    await asyncio.wait_for(running, 5)
    assert bench.really.done == []
    assert bench.told["variables"]["due"] == "2026-12-01"
    assert [line["exit"] for line in bench.told["lines"] if line["what"] == "came"] == [
        "one", "failed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("chosen", "done"),
    [({"reads": True, "acts": True}, ["Query", "Write"]), ({"reads": True}, ["Query"])],
)
async def test_only_what_was_chosen_is_really_done(
    bench: Bench, chosen: dict[str, bool], done: list[str]
) -> None:
    trial = bench.trial(*BOTH, **chosen)
    running = asyncio.create_task(trial.work(ScriptedSession()))
    if "acts" not in chosen:
        await bench.until(lambda told: told["waits"])
        trial.turns_out("written", {})
    await running
    assert bench.really.done == done
    assert bench.told["variables"]["customers"] == 1


async def test_answers_to_a_survey_are_kept_nowhere(bench: Bench) -> None:
    questions = [{"key": "a", "prompts": say("how?"), "keys": ["5"]}]
    ask = node("ask", "survey", {"questions": questions}, answered="bye", skipped="bye")
    await bench.trial(ask, BYE, acts=True).work(ScriptedSession("5"))
    assert bench.really.done == []
    assert "answered" in [line["exit"] for line in bench.told["lines"]]


async def test_keys_are_told_and_a_pin_is_not(bench: Bench) -> None:
    verify = {"prompts": say("pin"), "field": "pin"}
    ask = node("pin", "verify", verify, verified="bye", refused="bye", unknown="bye")
    trial = bench.trial(menu(key_1="pin"), ask, BYE)
    running = asyncio.create_task(trial.work(ScriptedSession("1", "4711")))
    await bench.until(lambda told: (told["waits"] or {}).get("exits"))
    entered = [line["text"] for line in bench.told["lines"] if line["what"] == "entered"]
    assert entered == ["1", "••••"]
    assert "4711" not in str(bench.rooms.values)
    trial.turns_out("verified", {})
    await running


async def test_a_transfer_is_said_and_not_made(bench: Bench) -> None:
    session = ScriptedSession()
    await bench.trial(AGENTS).work(session)
    ended = bench.told["lines"][-1]
    assert (ended["text"], ended["detail"]["target"]) == ("transfer", SERVICE)
    assert heard(session) == [f"en:{clip.text}" for clip in fixed("trial.transfer", "en")]


async def test_who_hangs_up_while_the_tester_thinks_is_gone(bench: Bench) -> None:
    session, trial = ScriptedSession(), bench.trial(*BOTH)
    running = asyncio.create_task(trial.work(session))
    await bench.until(lambda told: told["waits"])
    session.gone.set()
    await asyncio.wait_for(running, 5)
    trial.over("")
    assert (bench.told["state"], bench.told["waits"]) == ("ended", None)
    assert bench.told["lines"][-1]["text"] == "gone"
