"""What the first start leaves in the database: who may sign in, and where calls lead."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import callcenter.migrations.schema  # noqa: F401 - every table: foreign keys go by name
from callcenter.core.audit import Audit
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.objects.models import DataObject
from callcenter.people.models import User
from callcenter.people.service import SignInService, load_roster
from callcenter.people.service.roster import SEAT_ROLES
from callcenter.routing.models import RoutingService
from callcenter.routing.service import RouteKind, load_plan
from callcenter.tenancy.models import Enterprise, Option, Trunk
from callcenter.tenancy.service import load_enterprises
from ivr.service import load_published
from tests.support.databases import FreshDatabase
from tests.support.stack import PROJECT

pytestmark = pytest.mark.integration

OPTIONS = PROJECT / "config" / "options.json"
SEATS = {"8001", "8002", "8003", "8004", "8005"}


def run(module: str, postgres: FreshDatabase, **settings: str) -> list[dict[str, Any]]:
    """Run it, and take the logins that it leaves for the terminal."""
    subprocess.run(
        [sys.executable, "-m", f"callcenter.processes.{module}"],
        env=postgres.environment | settings,
        cwd=PROJECT,
        check=True,
    )
    file = Path(postgres.environment["CALLCENTER_HOME"], "run", "first-logins.json")
    if not file.exists():
        return []
    assert file.stat().st_mode & 0o077 == 0, "others could read first passwords"
    logins: list[dict[str, Any]] = json.loads(file.read_text())
    file.unlink()
    return logins


def count(session: Session, model: Any) -> int:
    return session.scalars(select(func.count()).select_from(model)).one()


def test_the_demonstration_is_loaded_once_and_everyone_can_sign_in(
    postgres: FreshDatabase, database: Database
) -> None:
    logins = run("demo", postgres)
    assert len({login["password"] for login in logins}) == len(logins) == 10

    sign_ins = SignInService(database, SystemClock(), Audit(SystemClock()))
    for login in logins:
        operator = login["role"] == "operator"
        found = sign_ins.sign_in(
            login["enterprise"], login["code"], login["password"], "127.0.0.1", operator=operator
        )
        assert not found.signed_in.must_change_password

    again = run("demo", postgres, CALLCENTER_DEMO_TRUNK_PORT="15999")
    assert again == [], "a second start makes no users"
    with database.begin(Scope.platform()) as session:
        assert count(session, Enterprise) == 2
        assert count(session, User) == 10
        assert count(session, Option) == len(json.loads(OPTIONS.read_text()))
        assert {row.identifier for row in session.scalars(select(DataObject))} >= {
            "customer",
            "work_order",
        }
        assert session.scalars(select(Trunk.port)).one() == 15999


def test_the_demonstrations_numbers_lead_to_its_service_and_its_flow(
    postgres: FreshDatabase, database: Database
) -> None:
    run("demo", postgres, CALLCENTER_DEMO_PASSWORD="given-by-hand")
    with database.begin(Scope.platform()) as session:
        codes = {enterprise.id: enterprise.code for enterprise in load_enterprises(session)}
        roster = load_roster(session, codes, {})
        plan = load_plan(session, roster)
    route = plan.resolve("02160000001")
    assert route is not None
    assert route.kind is RouteKind.AGENT_SERVICE
    assert route.target_id is not None
    by_id = {seat.user_id: seat for seat in roster.seats}
    members = {by_id[member].employee_code for member in plan.services[route.target_id].members}
    assert members == SEATS
    flow = plan.resolve("02160000002")
    assert flow is not None
    assert flow.kind is RouteKind.IVR_SERVICE
    assert all(seat.endpoint for seat in roster.seats if seat.role in SEAT_ROLES)
    hotline = plan.resolve("02160000003")
    assert hotline is not None
    assert hotline.kind is RouteKind.ROUTING_SERVICE
    with database.begin(Scope.platform()) as session:
        rules = session.get_one(RoutingService, hotline.target_id).document
        ready = UUID(rules["otherwise"]["id"])
        assert ready in load_published(session), "what the hotline needs is there"


def test_without_the_demonstration_there_is_one_operator_with_a_first_password(
    postgres: FreshDatabase, database: Database
) -> None:
    (login,) = run("first", postgres)
    assert run("first", postgres) == []
    sign_ins = SignInService(database, SystemClock(), Audit(SystemClock()))
    found = sign_ins.sign_in("000000", login["code"], login["password"], "::1", operator=True)
    assert found.signed_in.must_change_password
