"""What the demonstration enterprise's people work with: customers, work orders, a form, a task.

The same in every installation: chance is seeded. Loaded once; an enterprise that has customers is
left as it is.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

from callcenter.calls.service import Calls
from callcenter.configuration.schemas import STANDARD
from callcenter.console.service import Appointments
from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.http import PageRequest
from callcenter.core.places import PROJECT
from callcenter.core.tenant import Actor, Scope
from callcenter.objects.service import NewRow, Records
from callcenter.objects.tasks import Publisher
from callcenter.processes.configuring import set_installer
from callcenter.processes.means import means
from callcenter.processes.queries import queries
from callcenter.quality.service import Forms
from dialer.service import CallingTasks

FOLDER = PROJECT / "config" / "demo" / "records"
CUSTOMERS = 2000
WORK_ORDERS = 300
CONTACTS = 50
SEED = 20_261_124

_OPEN = ("open", "assigned", "working")
_SHARED = 40
"""Every so many customers one has another's number as well: then the pop asks who it is."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who the demonstration's records belong to."""

    admin: Actor
    agents: Sequence[Actor]


class DemoRecords:
    def __init__(self, database: Database, publisher: Publisher, clock: Clock) -> None:
        shared = means(clock)
        audit, outbox, directory = shared.audit, shared.outbox, shared.directory
        self._database = database
        self._clock = clock
        self._installer = set_installer(publisher, clock)
        self._records = Records(shared)
        calls = Calls(directory, self._records, audit, clock)
        self._appointments = Appointments(self._records, calls, directory, audit, outbox, clock)
        self._forms = Forms(audit, clock)
        self._queries = queries(shared)
        self._tasks = CallingTasks(
            database, directory, self._records, _nobody_dials, audit, outbox, clock
        )
        self._chance = Random(SEED)  # noqa: S311 - plausible data, no secrets
        self._words: dict[str, Any] = _read("people.json")

    def load(self, enterprise_id: UUID, enterprise_code: str, staff: Staff) -> bool:
        """Install the shipped objects and fill them; False when that was done before."""
        with self._database.begin(Scope(enterprise_id)) as session:
            self._installer.install(session, enterprise_id, enterprise_code, STANDARD)
            if self._records.page(session, "customer", PageRequest(page_size=1), {}).total:
                return False
            customers = self._customers()
            ids = self._records.load(session, "customer", customers)
            orders = self._work_orders(ids, customers, staff.agents)
            self._records.load(session, "work_order", orders)
            form = _read("quality_form.json")
            document = {"fatal": form["fatal"], "groups": form["groups"]}
            self._forms.publish(session, form["key"], form["name"], document)
            for query in _read("queries.json"):
                self._queries.create(session, {**query, "active": True})
        self._history(staff.agents)
        self._promise(staff.agents, ids)
        self._start_task(staff, customers)
        return True

    def _customers(self) -> list[NewRow]:
        numbers = _contact_numbers()
        now, rows = self._clock.now(), []
        for place in range(CUSTOMERS):
            number = numbers[place] if place < len(numbers) else self._number(numbers)
            made = now - timedelta(days=self._chance.randrange(30, 2500), minutes=place)
            rows.append(NewRow(self._customer(number, made), made))
        return sorted(rows, key=lambda row: row.made_at)

    def _customer(self, number: str, made: datetime) -> dict[str, Any]:
        chance, words = self._chance, self._words
        street = f"{chance.choice(words['streets'])} {chance.randrange(1, 399)} 号"
        return {
            "name": self._name(),
            "gender": chance.choice(["male", "female"]),
            "level": chance.choices(["normal", "silver", "gold"], [80, 15, 5])[0],
            "kind": chance.choices(["home", "company"], [93, 7])[0],
            "since": made.date().isoformat(),
            "tags": ["elderly"] if chance.random() < 0.04 else None,
            "phone": number,
            "phone2": f"0532-8{chance.randrange(10**7):07d}" if chance.random() < 0.15 else None,
            "region": chance.choice(words["regions"]),
            "address": f"{street} {chance.randrange(1, 33)} 单元 {chance.randrange(101, 2899)} 室",
            "devices": chance.randrange(1, 6),
            "satisfaction": chance.choices(["good", "fair", "poor"], [80, 15, 5])[0],
        }

    def _name(self) -> str:
        surname = self._chance.choice(self._words["surnames"])
        return f"{surname}{self._chance.choice(self._words['given'])}"

    def _number(self, taken: list[str]) -> str:
        if len(taken) % _SHARED == 0:
            taken.append(self._chance.choice(taken))
            return taken[-1]
        prefix = self._chance.choice(
            ["130", "135", "137", "139", "150", "158", "186", "188", "199"]
        )
        taken.append(f"{prefix}{self._chance.randrange(10**8):08d}")
        return taken[-1]

    def _work_orders(
        self, ids: Sequence[UUID], customers: Sequence[NewRow], agents: Sequence[Actor]
    ) -> list[NewRow]:
        now, rows = self._clock.now(), []
        for _ in range(WORK_ORDERS):
            place = self._chance.randrange(len(ids))
            made = now - timedelta(minutes=self._chance.randrange(30, 60 * 24 * 60))
            agent = self._chance.choice(agents)
            values = self._work_order(ids[place], customers[place].values, made, agent)
            rows.append(NewRow(values, made, agent.user_id))
        return sorted(rows, key=lambda row: row.made_at)

    def _work_order(
        self, customer_id: UUID, customer: Mapping[str, Any], made: datetime, agent: Actor
    ) -> dict[str, Any]:
        chance, words = self._chance, self._words
        business = chance.choice(list(words["faults"]))
        product, description = words["faults"][business]
        recent = self._clock.now() - made < timedelta(days=4)
        status = chance.choice(_OPEN) if recent else chance.choice(("done", "closed", "closed"))
        return {
            "customer": str(customer_id),
            "business_type": business,
            "product": product,
            "serial_number": f"{product.upper()}{chance.randrange(10**8):08d}",
            "urgency": chance.choices(["normal", "urgent", "critical"], [75, 20, 5])[0],
            "description": description,
            "address": customer["address"],
            "visit_date": (made + timedelta(days=1)).date().isoformat(),
            "visit_slot": chance.choice(["s08", "s10", "s13", "s15", "s17"]),
            "contact_person": customer["name"],
            "contact_phone": customer["phone"],
            "status": status,
            "assignee": str(agent.user_id),
            "due_at": (made + timedelta(days=2)).isoformat(),
            "result": None if status in _OPEN else chance.choice(words["results"]),
        }

    def _history(self, agents: Sequence[Actor]) -> None:
        """Some open work orders went on: their log has something to tell."""
        for agent in agents:
            with self._database.begin(Scope.of(agent)) as session:
                orders = self._records.work_orders(
                    session, "assignee", agent.user_id, closed=False, limit=5
                )
                for order in orders:
                    change = {"status": "working", "urgency": "urgent"}
                    self._records.update(session, "work_order", order["id"], change, 1)

    def _promise(self, agents: Sequence[Actor], customers: Sequence[UUID]) -> None:
        for agent in agents:
            with self._database.begin(Scope.of(agent)) as session:
                chosen = self._chance.sample(list(customers), 3)
                for place, record in enumerate(self._records.customers(session, chosen)):
                    due = self._clock.now() + timedelta(minutes=45 * (place + 1))
                    self._appointments.create(
                        session,
                        {
                            "due_at": due,
                            "subject": self._chance.choice(self._words["subjects"]),
                            "customer_id": record["id"],
                            "number": record["values"]["phone"],
                            "call_id": None,
                        },
                    )

    def _start_task(self, staff: Staff, customers: Sequence[NewRow]) -> None:
        names = {row.values["phone"]: row.values["name"] for row in customers}
        contacts = [{"number": number, "name": names[number]} for number in _contact_numbers()]
        with self._database.begin(Scope.of(staff.admin)) as session:
            task = self._tasks.create(
                session,
                {
                    "name": "延保到期提醒",
                    "mode": "preview",
                    "contacts": contacts,
                    "agents": [agent.user_id for agent in staff.agents],
                    "display_number": None,
                    # Shown and tried at any hour: its numbers are nobody's.
                    "window_from": time(0),
                    "window_to": time(0),
                    "ring_seconds": 30,
                },
            )
            self._tasks.set_status(session, task["id"], "running")


def _contact_numbers() -> list[str]:
    """The last two digits say what the laboratory's public network does with the call.

    01-19 answered, 20-29 busy, 30-39 unallocated, 40-49 never answered.
    """
    endings = [*range(1, CONTACTS), 1]
    return [f"138{place:06d}{ending:02d}" for place, ending in enumerate(endings, 1001)]


def _nobody_dials(*_given: Any, **_named: Any) -> Mapping[str, Any]:
    raise AssertionError("loading dials nobody")


def _read(name: str) -> Any:
    return json.loads((FOLDER / name).read_text("utf-8"))
