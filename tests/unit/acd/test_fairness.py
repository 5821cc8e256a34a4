"""What matching promises, whatever comes: held against a reckoning that looks at everybody."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.acd.claims import Need, Ring, Rules
from callcenter.acd.queue import MOST_AT_ONCE, Match, Matcher, Waiting
from callcenter.acd.strategies import Strategy

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
AGENTS = [UUID(int=n) for n in range(20, 34)]
FEW = AGENTS[:4]
"""So few that whoever comes and goes is somebody's."""
SERVICES = [UUID(int=n) for n in range(1, 4)]
SKILLS = [UUID(int=n) for n in range(50, 53)]


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def seconds(moment: datetime) -> int:
    return int((moment - NOW).total_seconds())


@dataclass
class Centre:
    """A matcher, and the same centre as plain lists."""

    rules: dict[UUID, Rules]
    members: dict[UUID, frozenset[UUID]]
    skills: dict[UUID, dict[UUID, int]]
    waiting: dict[UUID, Waiting] = field(default_factory=dict)
    ready: set[UUID] = field(default_factory=set)
    present: set[UUID] = field(default_factory=set)
    lapsed: set[UUID] = field(default_factory=set)
    now: int = 0
    came: int = 0

    def __post_init__(self) -> None:
        self.order: dict[UUID, int] = {}
        self.matcher = Matcher()
        self.matcher.set_members(self.members, self.rules, self.skills)

    def claim(self, one: Waiting) -> tuple[int, datetime, int]:
        """The least is served first."""
        every = self.rules[one.service_id].ageing_seconds
        steps = max(0, self.now - seconds(one.queued_at)) // every if every else 0
        return -min(9, one.priority + steps), one.queued_at, self.order[one.call_id]

    def likes(self, one: Waiting) -> bool:
        """Whether the caller still waits for agents of the caller's own."""
        inside = one.prefer_until is not None and self.now < seconds(one.prefer_until)
        return bool(one.prefer) and inside and one.call_id not in self.lapsed

    def may(self, agent: UUID, one: Waiting) -> bool:
        if agent not in self.members[one.service_id]:
            return False
        if one.for_agent is not None:
            return agent == one.for_agent
        if self.likes(one):
            return agent in one.prefer
        waited = self.now - seconds(one.queued_at)
        rings = self.rules[one.service_id].rings
        return any(
            place == 0 or waited >= ring.after_seconds
            for place, ring in enumerate(rings)
            if all(self.skills[agent].get(n.skill, 0) >= n.level for n in ring.needs)
        )

    def note_who_is_gone(self) -> None:
        for one in self.waiting.values():
            if self.likes(one) and not (
                self.present & set(one.prefer) & self.members[one.service_id]
            ):
                self.lapsed.add(one.call_id)

    def add(self, one: Waiting) -> None:
        self.lapsed.discard(one.call_id)
        self.came += 1
        self.order[one.call_id] = self.came
        self.waiting[one.call_id] = one
        self.matcher.add(one)
        likes = one.prefer_until is not None and one.prefer_until > one.queued_at
        if likes and not self.present & set(one.prefer) & self.members[one.service_id]:
            self.lapsed.add(one.call_id)

    def go(self, call: UUID) -> None:
        self.waiting.pop(call, None)
        self.matcher.remove(call)

    def be(self, agent: UUID, state: str) -> None:
        (self.ready.add if state == "ready" else self.ready.discard)(agent)
        (self.present.discard if state == "away" else self.present.add)(agent)
        if state == "ready":
            self.matcher.set_ready(agent, at(self.now))
        elif state == "busy":
            self.matcher.set_busy(agent)
        else:
            self.matcher.set_away(agent)
            self.note_who_is_gone()

    def match(self) -> list[Match]:
        """Match, and hold every pair against the reckoning."""
        self.note_who_is_gone()
        found = self.matcher.match(at(self.now))
        for match in found:
            one = self.waiting[match.call_id]
            assert set(match.agents) <= self.ready
            assert all(self.may(agent, one) for agent in match.agents)
            for other in self.waiting.values():
                if any(self.may(agent, other) for agent in match.agents):
                    assert self.claim(one) <= self.claim(other)
            self.ready -= set(match.agents)
            del self.waiting[match.call_id]
        assert not [
            (agent, one)
            for one in self.waiting.values()
            for agent in self.ready
            if self.may(agent, one)
        ]
        for service in SERVICES:
            own = [one for one in self.waiting.values() if one.service_id == service]
            by_claim = sorted(own, key=self.claim)
            on_the_line = [one for one in by_claim if not one.callback]
            assert self.matcher.waiting_in(service) == on_the_line
            # Who is told a place in the queue has those before who asked to be called back.
            places = {one.call_id: place for place, one in enumerate(by_claim, 1)}
            assert {call: self.matcher.position(call) for call in places} == places
        return found


levels = st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 9))
needs = st.lists(st.builds(Need, st.sampled_from(SKILLS), st.integers(1, 9)), max_size=2)


@st.composite
def rules(draw: st.DrawFn) -> Rules:
    later = sorted(draw(st.sets(st.integers(1, 90), max_size=3)))
    rings = tuple(Ring(after, tuple(draw(needs))) for after in (0, *later))
    return Rules(
        draw(st.sampled_from([*Strategy])), draw(st.sampled_from([0, 1, 7, 30])), rings,
        frozenset(SKILLS),
    )  # fmt: skip


@st.composite
def centres(draw: st.DrawFn, agents: list[UUID] = FEW) -> Centre:
    return Centre(
        {service: draw(rules()) for service in SERVICES},
        {service: draw(st.frozensets(st.sampled_from(agents))) for service in SERVICES},
        {agent: draw(levels) for agent in agents},
    )


@st.composite
def callers(draw: st.DrawFn, now: int) -> Waiting:
    """Somebody new, or who comes back with an old place."""
    since = now - draw(st.sampled_from([0, 0, 0, 25]))
    prefer = draw(st.lists(st.sampled_from(FEW), max_size=2, unique=True))
    return Waiting(
        draw(st.uuids()),
        draw(st.sampled_from(SERVICES)),
        draw(st.integers(0, 9)),
        at(since),
        draw(st.none() | st.none() | st.none() | st.sampled_from(FEW)),
        tuple(prefer),
        at(since + draw(st.integers(1, 40))) if prefer else None,
        callback=draw(st.booleans()),
    )


STATES = st.sampled_from(["ready", "ready", "busy", "away"])


@settings(max_examples=120)
@given(st.data(), centres())
def test_the_highest_claim_that_an_agent_may_take_is_served_whatever_happens(data, centre) -> None:
    """With it: no agent twice, skills respected, nobody passed over while somebody could serve."""
    for _ in range(data.draw(st.integers(1, 25))):
        what = data.draw(st.sampled_from(["come", "come", "state", "state", "go", "time"]))
        if what == "come":
            centre.add(data.draw(callers(centre.now)))
        elif what == "state":
            centre.be(data.draw(st.sampled_from(FEW)), data.draw(STATES))
        elif what == "go" and centre.waiting:
            centre.go(data.draw(st.sampled_from([*centre.waiting])))
        else:
            centre.now += data.draw(st.integers(0, 40))
        if data.draw(st.booleans()):
            centre.match()
    centre.match()


@settings(max_examples=40)
@given(centres(AGENTS), st.data())
def test_no_agent_is_given_two_callers_and_no_caller_is_given_away_twice(centre, data) -> None:
    for agent in AGENTS:
        centre.be(agent, "ready")
    for _ in range(12):
        centre.add(data.draw(callers(0)))
    found = centre.match()
    agents = [agent for match in found for agent in match.agents]
    assert len(agents) == len(set(agents))
    assert len({match.call_id for match in found}) == len(found)
    assert all(len(match.agents) <= MOST_AT_ONCE for match in found)


@given(rules(), st.sampled_from(SERVICES), levels, st.integers(0, 100), st.integers(0, 100))
def test_whoever_could_take_a_call_still_can_when_it_has_waited_longer(
    own, service, skills, waited, longer
) -> None:
    def takes(after: int) -> bool:
        centre = Centre(
            dict.fromkeys(SERVICES, own),
            dict.fromkeys(SERVICES, frozenset(AGENTS[:1])),
            {AGENTS[0]: skills},
        )
        centre.be(AGENTS[0], "ready")
        centre.add(Waiting(UUID(int=1), service, 5, NOW))
        centre.now = after
        return bool(centre.match())

    assert takes(waited + longer) or not takes(waited)


@given(st.integers(1, 60), st.integers(0, 9), st.integers(0, 9), st.integers(0, 600))
def test_a_claim_grows_by_one_with_each_step_of_waiting_and_ends_at_nine(
    every, low, high, waited
) -> None:
    """Who has waited for all nine steps is served before anybody who comes later."""
    queues = Matcher()
    queues.set_members({SERVICES[0]: AGENTS[:1]}, {SERVICES[0]: Rules(ageing_seconds=every)})
    first = Waiting(UUID(int=1), SERVICES[0], low, NOW)
    second = Waiting(UUID(int=2), SERVICES[0], high, at(waited))
    queues.add(first)
    queues.add(second)
    queues.set_ready(AGENTS[0], NOW)
    (match,) = queues.match(at(waited))
    first_goes = min(9, low + waited // every) >= high
    assert match.call_id == (first if first_goes else second).call_id


@given(st.lists(st.integers(0, 9), min_size=2, max_size=12), st.data())
def test_who_was_offered_in_vain_or_called_back_has_the_place_of_the_first_coming(
    priorities, data
) -> None:
    queues = Matcher()
    queues.set_members({SERVICES[0]: AGENTS[:1]}, {SERVICES[0]: Rules(ageing_seconds=10)})
    callers = [
        Waiting(UUID(int=100 + n), SERVICES[0], priority, at(n))
        for n, priority in enumerate(priorities)
    ]
    for one in callers:
        queues.add(one)
    queues.match(at(60))
    before = [one.call_id for one in queues.waiting_in(SERVICES[0])]
    back = data.draw(st.sampled_from(callers))
    queues.remove(back.call_id)
    queues.add(back)
    queues.match(at(60))
    assert [one.call_id for one in queues.waiting_in(SERVICES[0])] == before


@given(
    rules(),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 60)), min_size=2, max_size=8),
    st.sets(st.integers(0, 7)),
)
def test_who_asked_to_be_called_back_is_served_when_the_caller_on_the_line_would_have_been(
    own, coming, asked
) -> None:
    def order(callbacks: set[int]) -> list[UUID]:
        members = dict.fromkeys(SERVICES, frozenset(FEW[:1]))
        able = {FEW[0]: dict.fromkeys(SKILLS, 9)}
        centre = Centre(dict.fromkeys(SERVICES, own), members, able)
        for number, (priority, since) in enumerate(coming):
            call = UUID(int=100 + number)
            place = Waiting(call, SERVICES[0], priority, at(since), callback=number in callbacks)
            centre.add(place)
        served = []
        for later in range(len(coming)):
            centre.now = 61 + 10 * later
            centre.be(FEW[0], "ready")
            served += [match.call_id for match in centre.match()]
        return served

    assert len(order(asked)) == len(coming)
    assert order(asked) == order(set())


@settings(max_examples=60)
@given(centres(), st.data())
def test_one_timer_is_enough(centre, data) -> None:
    """Matching only when a change is announced gives each caller the agent, and at the moment,

    that matching every second gives.
    """
    callers_ = [replace(data.draw(callers(0)), queued_at=NOW) for _ in range(6)]
    ready = data.draw(st.lists(st.sampled_from(FEW), unique=True))

    def served(every_second: bool) -> list[tuple[int, Match]]:
        own = Centre(centre.rules, centre.members, centre.skills)
        for agent in ready:
            own.be(agent, "ready")
        for one in callers_:
            own.add(one)
        found: list[tuple[int, Match]] = []
        while own.now <= 120:
            found += [(own.now, match) for match in own.match()]
            change = own.matcher.next_change()
            assert change is None or change > at(own.now)
            own.now = own.now + 1 if every_second or change is None else seconds(change)
        return found

    assert served(True) == served(False)
