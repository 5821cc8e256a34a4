"""The demonstration: an operator, enterprise 100001 at work, two access numbers on a trunk.

`python -m callcenter.processes.demo` may run again at any time: what is there stays as it is,
except where the trunk's calls go, which is a setting.
"""

import json
import os
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.addresses import app_url, owner_url
from callcenter.core.clock import Clock, SystemClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.permissions import Role
from callcenter.core.places import PROJECT
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import load_settings
from callcenter.core.tenant import Actor, Scope
from callcenter.objects.tasks import Publisher, owner_engine
from callcenter.people.models import (
    Disposition,
    Extension,
    NotReadyReason,
    Skill,
    Team,
    TeamMember,
    User,
)
from callcenter.people.service.passwords import hash_password, one_time_password
from callcenter.people.service.softphones import new_secret
from callcenter.processes.demo_hotline import KEY as HOTLINE
from callcenter.processes.demo_hotline import load_hotline
from callcenter.processes.demo_records import DemoRecords, Staff
from callcenter.processes.first import Login, ensure_operator, write_logins
from callcenter.routing.models import AgentService, ServiceMember
from callcenter.tenancy.models import AccessNumber, Enterprise, Trunk
from ivr.demo import load_demo

FILE = PROJECT / "config" / "demo" / "enterprise.json"
TRUNK = "demo"
_CONSOLES = {
    Role.AGENT: "/console",
    Role.LEADER: "/supervisor",
    Role.INSPECTOR: "/quality",
    Role.ADMIN: "/admin",
    Role.CONF: "/config",
}


class Demo:
    """password: of every user of the demonstration; empty gives each one of their own."""

    def __init__(self, session: Session, clock: Clock, password: str, trunk_port: int) -> None:
        self._session = session
        self._clock = clock
        self._password = password
        # Hashing is slow on purpose; a password for everyone is hashed once.
        self._hash = hash_password(password) if password else ""
        self._trunk_port = trunk_port
        self.wanted: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
        self.logins: list[Login] = []

    @property
    def hotline(self) -> str:
        """The access number that the ready-made hotline is to have."""
        numbers: list[dict[str, str]] = self.wanted["access_numbers"]
        return next(one["number"] for one in numbers if one["leads_to"] == HOTLINE)

    def load(self) -> Enterprise:
        """All of it in the caller's transaction, whose scope is the platform's."""
        operator = ensure_operator(self._session, self._clock, self._password, first=False)
        self.logins += [operator] if operator else []
        trunk = self._trunk()
        code = self.wanted["code"]
        enterprise = self._session.scalar(select(Enterprise).where(Enterprise.code == code))
        if enterprise is None:
            enterprise = self._enterprise(trunk)
        return enterprise

    def _trunk(self) -> Trunk:
        trunk = self._session.scalar(select(Trunk).where(Trunk.name == TRUNK))
        if trunk is None:
            trunk = Trunk(
                id=new_id(), name=TRUNK, endpoint=f"trunk-{TRUNK}", created_at=self._clock.now()
            )
            self._session.add(trunk)
        trunk.host, trunk.port = "127.0.0.1", self._trunk_port
        self._session.flush()
        return trunk

    def _enterprise(self, trunk: Trunk) -> Enterprise:
        names = ("code", "name", "area_code", "time_zone")
        enterprise = Enterprise(
            id=new_id(),
            **{name: self.wanted[name] for name in names},
            created_at=self._clock.now(),
        )
        self._add(enterprise)
        people = {each["code"]: self._user(enterprise.id, each) for each in self.wanted["people"]}
        self._teams(enterprise.id, people)
        self._words(enterprise.id)
        service = self._service(enterprise.id, people)
        flow = load_demo(self._session, enterprise.id, service.id, self._clock)
        numbers = self._numbers(enterprise.id, trunk, service.id, flow)
        enterprise.display_number_id = numbers[0].id
        return enterprise

    def _user(self, enterprise_id: UUID, wanted: dict[str, Any]) -> User:
        code, role = wanted["code"], Role(wanted["role"])
        password = self._password or one_time_password()
        user = User(
            id=new_id(),
            enterprise_id=enterprise_id,
            employee_code=code,
            name=wanted["name"],
            role=role,
            password_hash=self._hash or hash_password(password),
            # Told once on the terminal, and nobody else's: it need not be changed.
            must_change_password=False,
            password_issued_at=self._clock.now(),
            created_at=self._clock.now(),
        )
        if wanted["extension"]:
            extension = Extension(
                id=new_id(), enterprise_id=enterprise_id, number=code, secret=new_secret()
            )
            self._add(extension)
            user.extension_id = extension.id
        self._add(user)
        login = Login(_CONSOLES[role], self.wanted["code"], code, password, role)
        self.logins.append(login)
        return user

    def _teams(self, enterprise_id: UUID, people: dict[str, User]) -> None:
        for wanted in self.wanted["teams"]:
            leader = people[wanted["leader"]]
            team = Team(
                id=new_id(), enterprise_id=enterprise_id, name=wanted["name"], leader_id=leader.id
            )
            self._add(team)
            for code in wanted["members"]:
                member = TeamMember(
                    enterprise_id=enterprise_id, team_id=team.id, user_id=people[code].id
                )
                self._session.add(member)

    def _words(self, enterprise_id: UUID) -> None:
        for name in self.wanted["skills"]:
            self._session.add(Skill(enterprise_id=enterprise_id, name=name))
        for kind, words in (
            (NotReadyReason, self.wanted["not_ready_reasons"]),
            (Disposition, self.wanted["dispositions"]),
        ):
            for place, word in enumerate(words):
                self._session.add(kind(enterprise_id=enterprise_id, sort=place * 10, **word))

    def _service(self, enterprise_id: UUID, people: dict[str, User]) -> AgentService:
        wanted = self.wanted["service"]
        service = AgentService(
            id=new_id(),
            enterprise_id=enterprise_id,
            name=wanted["name"],
            created_at=self._clock.now(),
        )
        self._add(service)
        for code in wanted["members"]:
            self._session.add(
                ServiceMember(
                    enterprise_id=enterprise_id, service_id=service.id, user_id=people[code].id
                )
            )
        return service

    def _numbers(
        self, enterprise_id: UUID, trunk: Trunk, service_id: UUID, flow_id: UUID
    ) -> list[AccessNumber]:
        """The hotline's leads nowhere yet: what its flow asks of is loaded later."""
        targets = {"agent_service": service_id, "ivr_service": flow_id}
        numbers = [
            AccessNumber(
                id=new_id(),
                number=wanted["number"],
                trunk_id=trunk.id,
                enterprise_id=enterprise_id,
                strategy_kind=wanted["leads_to"] if wanted["leads_to"] in targets else None,
                strategy_id=targets.get(wanted["leads_to"]),
                note=wanted["note"],
                created_at=self._clock.now(),
                updated_at=self._clock.now(),
            )
            for wanted in self.wanted["access_numbers"]
        ]
        self._add(*numbers)
        return numbers

    def _add(self, *rows: Any) -> None:
        """Now, in this order: the rows after them refer to them by id alone."""
        self._session.add_all(rows)
        self._session.flush()


def staff(session: Session, enterprise_id: UUID) -> Staff:
    """Who the demonstration's records belong to."""
    people = session.scalars(
        select(User).where(User.enterprise_id == enterprise_id).order_by(User.employee_code)
    )
    actors = [_actor(user) for user in people]
    return Staff(
        admin=next(actor for actor in actors if actor.role is Role.ADMIN),
        agents=[actor for actor in actors if actor.role is Role.AGENT],
    )


def _actor(user: User) -> Actor:
    role = Role(user.role)
    return Actor(
        user_id=user.id,
        enterprise_id=user.enterprise_id,
        employee_code=user.employee_code,
        name=user.name,
        role=role,
        permissions=Actor.permissions_of(role),
    )


def main() -> None:
    settings = load_settings(os.environ)
    secrets = load_secrets(settings.paths.home)
    database = Database(app_url(settings, secrets), pool_size=2)
    clock = SystemClock()
    publisher = Publisher(owner_engine(owner_url(settings, secrets)), clock)
    with database.begin(Scope.platform()) as session:
        demo = Demo(session, clock, settings.demo.password, settings.demo.trunk_port)
        enterprise = demo.load()
        people = staff(session, enterprise.id)
    # Only what stands is told: passwords of a transaction that failed open nothing.
    write_logins(settings.paths, demo.logins)
    DemoRecords(database, publisher, clock).load(enterprise.id, enterprise.code, people)
    prompts = settings.paths.home / "prompts"
    load_hotline(database, clock, prompts, people.admin, demo.hotline)
    database.dispose()


if __name__ == "__main__":
    main()
