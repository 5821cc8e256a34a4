"""What of a customer's record may say where their call goes."""

from collections.abc import Callable

import pytest

from callcenter.core.db import Database
from callcenter.core.numbers import parse_number
from callcenter.core.tenant import Scope
from callcenter.objects.service import Callers, Definitions, Known
from callcenter.processes.directory import SqlDirectory
from tests.integration.objects.firm import CLIENTS, Firm, clients, make
from tests.integration.objects.shaping import a_field, label
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration

NUMBER = "13800000001"
LEVELS = [{"value": "gold", "label": label("gold")}, {"value": "plain", "label": label("plain")}]
KEYS = (
    "name",
    "level",
    "points",
    "share",
    "blocked",
    "since",
    "phone",
    "identity",
    "salary",
    "diary",
)

Ask = Callable[..., Known]


@pytest.fixture
def firm_of_clients(firm: Firm) -> Firm:
    firm.keeps(
        clients(
            a_field("level", "choice", settings={"options": LEVELS}),
            a_field("points", "integer"),
            a_field("share", "decimal"),
            a_field("blocked", "boolean"),
            a_field("since", "date"),
            a_field("identity", "identity"),
            a_field("salary", "integer", rights={"agent": "hide"}),
            a_field("diary", rights={"leader": "mask"}),
        )
    )
    return firm


@pytest.fixture
def ask(firm_of_clients: Firm, database: Database, office: Office) -> Ask:
    callers = Callers(SqlDirectory(), Definitions())

    def known(number: str = NUMBER, keys: tuple[str, ...] = KEYS) -> Known:
        with database.begin(Scope(office.id)) as session:
            return callers.known(session, parse_number(number, "021"), keys)

    return known


def test_values_are_told_as_flows_compare_them(ask: Ask, admin: Caller) -> None:
    given = {
        "level": "gold",
        "points": 1200,
        "share": "0.25",
        "blocked": True,
        "since": "2026-03-01",
    }
    make(admin, CLIENTS, "王芳", phone=NUMBER, **given)
    assert ask() == Known(1, {"name": "王芳", **given, "share": 0.25})


def test_only_what_is_asked_for_is_told(ask: Ask, admin: Caller) -> None:
    make(admin, CLIENTS, "王芳", phone=NUMBER, level="gold")
    assert ask(keys=("level",)) == Known(1, {"level": "gold"})


def test_an_empty_text_can_be_asked_for_and_an_empty_number_not(ask: Ask, admin: Caller) -> None:
    make(admin, CLIENTS, "王芳", phone=NUMBER)
    assert ask() == Known(1, {"name": "王芳", "level": "", "since": ""})


def test_what_is_kept_from_somebody_is_never_told(ask: Ask, admin: Caller) -> None:
    """Whoever may write a flow would learn it by calling."""
    secret = {"identity": "11010519491231002X", "salary": 9000, "diary": "private"}
    make(admin, CLIENTS, "王芳", phone=NUMBER, **secret)
    assert ask(keys=("phone", *secret)) == Known(1, {})


def test_of_nobody_and_of_several_only_their_number_is_told(ask: Ask, admin: Caller) -> None:
    assert ask() == Known(0)
    make(admin, CLIENTS, "王芳", phone=NUMBER, level="gold")
    make(admin, CLIENTS, "李伟", phone=NUMBER, level="gold")
    assert ask() == Known(2)


def test_a_withheld_number_is_nobodys(ask: Ask, admin: Caller) -> None:
    make(admin, CLIENTS, "王芳", level="gold")
    assert ask("anonymous") == Known(0)


def test_a_customer_of_another_enterprise_is_nobody_here(ask: Ask, stranger: Caller) -> None:
    make(stranger, "/objects/customer/records", "王芳", phone=NUMBER)
    assert stranger.get("/objects/customer/records", q=NUMBER).json["total"] == 1
    assert ask() == Known(0)


def test_the_fields_that_a_flow_may_name(
    firm_of_clients: Firm, database: Database, office: Office
) -> None:
    with database.begin(Scope(office.id)) as session:
        named = Callers(SqlDirectory(), Definitions()).fields(session)
    assert named >= {"name", "level", "points", "share", "blocked", "since"}
    assert not named & {"phone", "identity", "salary", "diary", "owner", "crew"}
