"""The web application as it is served, in front of a database with one operator."""

import itertools
from dataclasses import dataclass, field
from typing import Any

import pytest

from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import load_settings
from callcenter.core.tenant import Scope
from callcenter.people.models import SignInFailure
from callcenter.processes.first import OPERATOR, ensure_operator
from callcenter.processes.web import create_app
from tests.support.databases import fresh_database

OPERATORS_PASSWORD = "violet-harbour-93"
_codes = itertools.count(200_001)
_digits = itertools.count(60_000_001)


@dataclass
class Person:
    """A browser of somebody's; speaks English unless told otherwise."""

    client: Any
    language: str = "en"
    csrf: str = ""
    me: dict[str, Any] = field(default_factory=dict)
    customer: Any = None

    def sign_in(self, path: str, **body: str) -> Any:
        answer = self.post(path, body)
        if answer.status_code == 200:
            self.me = answer.json
            self.csrf = self.me["csrf_token"]
        return answer

    def get(self, path: str, **query: Any) -> Any:
        return self.send("GET", path, query=query)

    def post(self, path: str, body: Any = None, **more: Any) -> Any:
        return self.send("POST", path, body, **more)

    def patch(self, path: str, body: Any, version: int | None = None) -> Any:
        return self.send("PATCH", path, body, version=version)

    def put(self, path: str, body: Any, version: int | None = None) -> Any:
        return self.send("PUT", path, body, version=version)

    def delete(self, path: str, version: int | None = None) -> Any:
        return self.send("DELETE", path, version=version)

    def send(self, method: str, path: str, body: Any = None, *, query: Any = None, version=None):
        headers = {"X-CSRF-Token": self.csrf, "Accept-Language": self.language}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return self.client.open(
            f"/api/v1{path}", method=method, json=body, query_string=query, headers=headers
        )


@dataclass
class Customer:
    """A registered enterprise, and the first passwords of its users."""

    id: str
    code: str
    passwords: dict[str, str]


@pytest.fixture(scope="session")
def platform(migrated):
    with fresh_database(migrated) as fresh:
        database = Database(fresh.app_url)
        with database.begin(Scope.platform()) as session:
            ensure_operator(session, SystemClock(), OPERATORS_PASSWORD, first=False)
        database.dispose()
        yield fresh


@pytest.fixture(scope="session")
def web(platform):
    settings = load_settings(
        {k: v for k, v in platform.environment.items() if k.startswith("CALLCENTER_")}
    )
    return create_app(settings, load_secrets(settings.paths.home))


@pytest.fixture
def database(platform):
    opened = Database(platform.app_url)
    yield opened
    with opened.begin(Scope.platform()) as session:
        session.query(SignInFailure).delete()
    opened.dispose()


@pytest.fixture
def browser(web, database):
    """A new browser; nobody is signed in at it."""
    return lambda: Person(web.test_client())


@pytest.fixture(scope="session")
def operator(web):
    person = Person(web.test_client())
    answer = person.sign_in(
        "/operator/session", employee_code=OPERATOR, password=OPERATORS_PASSWORD
    )
    assert answer.status_code == 200, answer.text
    return person


@pytest.fixture(scope="session")
def code():
    """Of an enterprise that is not registered yet."""
    return lambda: str(next(_codes))


@pytest.fixture(scope="session")
def digits():
    """An access number that is not registered yet."""
    return lambda: f"021{next(_digits)}"


@pytest.fixture(scope="session")
def register(operator, code):
    def register(**more):
        own = more.pop("code", None) or code()
        answer = operator.post(
            "/operator/enterprises", {"code": own, "name": f"企业{own}", "area_code": "021", **more}
        )
        assert answer.status_code == 201, answer.text
        made = answer.json
        issued = {
            user["employee_code"]: user["one_time_password"] for user in made["initial_users"]
        }
        return Customer(made["enterprise"]["id"], own, issued)

    return register


@pytest.fixture
def customer(register):
    return register()


@pytest.fixture(scope="session")
def insider(register, enter):
    """An administrator of an enterprise that no test changes."""
    customer = register()
    person = enter(customer)
    person.customer = customer
    return person


@pytest.fixture(scope="session")
def enter(web):
    """Sign in with the first password, change it, and stay."""

    def enter(customer, employee_code="admin"):
        person = Person(web.test_client())
        first = customer.passwords[employee_code]
        body = {"enterprise_code": customer.code, "employee_code": employee_code}
        assert person.sign_in("/session", **body, password=first).status_code == 200
        changed = person.post("/session/password", {"current": first, "new": OPERATORS_PASSWORD})
        assert changed.status_code == 200, changed.text
        return person

    return enter


@pytest.fixture(scope="session")
def trunk(operator, digits):
    answer = operator.post("/operator/trunks", {"name": f"line {digits()}", "host": "192.0.2.1"})
    assert answer.status_code == 201, answer.text
    return answer.json


@pytest.fixture(scope="session")
def number(operator, trunk, digits):
    """Registers an access number, bound to a customer when one is given."""

    def number(customer=None):
        body = {"number": digits(), "trunk_id": trunk["id"]}
        made = operator.post("/operator/access-numbers", body).json
        if customer:
            bound = {"enterprise_id": customer.id}
            made = operator.post(f"/operator/access-numbers/{made['id']}/bind", bound).json
        return made

    return number


def refusal(answer):
    """Status and code of an error."""
    return answer.status_code, answer.json["error"]["code"]


def complaints(answer):
    """What is wrong, by field."""
    assert refusal(answer) == (422, "invalid"), answer.text
    return answer.json["error"]["fields"]
