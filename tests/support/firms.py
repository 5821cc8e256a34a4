"""The platform at work, through its own API: an operator, and enterprises that the operator made.

One database a worker; tests keep apart by the names that they give.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import load_settings
from callcenter.core.tenant import Scope
from callcenter.processes.first import ensure_operator
from callcenter.processes.web import create_app
from tests.support.contract import HonestClient
from tests.support.databases import DataServices, FreshDatabase, fresh_database

PASSWORD = "violet-harbour-93"
_numbers = count(1)


@dataclass
class Page:
    """A browser's page: its cookie, its CSRF token, its language."""

    client: FlaskClient
    language: str = "en"
    csrf: str = ""
    me: dict[str, Any] = field(default_factory=dict)

    def get(self, path: str, **query: Any) -> Any:
        headers = {"Accept-Language": self.language}
        return self.client.get(f"/api/v1{path}", query_string=query, headers=headers)

    def send(self, method: str, path: str, body: Any = None, version: int | None = None) -> Any:
        headers = {"X-CSRF-Token": self.csrf, "Accept-Language": self.language}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return self.client.open(f"/api/v1{path}", method=method, json=body, headers=headers)

    def post(self, path: str, body: Any = None) -> Any:
        return self.send("POST", path, body)

    def put(self, path: str, body: Any = None, version: int | None = None) -> Any:
        return self.send("PUT", path, body, version)

    def patch(self, path: str, body: Any, version: int | None = None) -> Any:
        return self.send("PATCH", path, body, version)

    def delete(self, path: str, version: int | None = None) -> Any:
        return self.send("DELETE", path, None, version)

    def made(self, path: str, body: Any) -> dict[str, Any]:
        """What a POST made; it must have worked."""
        answer = self.post(path, body)
        assert answer.status_code == 201, answer.json
        made: dict[str, Any] = answer.json
        return made

    def speak(self, language: str) -> None:
        """The user's own language, which goes before the browser's."""
        assert self.patch("/session", {"locale": language}).status_code == 200
        self.language = language

    def sign_in(self, body: dict[str, str], path: str = "/session") -> Any:
        answer = self.post(path, body)
        if answer.status_code == 200:
            self.me, self.csrf = answer.json, answer.json["csrf_token"]
        return answer


@dataclass
class Firm:
    """An enterprise; pages by employee code, signed in with passwords of their own."""

    web: Flask
    id: str
    code: str
    issued: dict[str, str]
    pages: dict[str, Page] = field(default_factory=dict)

    def page(self, employee_code: str) -> Page:
        """Signed in, the first password changed."""
        if employee_code not in self.pages:
            first = self.issued[employee_code]
            page = Page(self.web.test_client())
            body = {"enterprise_code": self.code, "employee_code": employee_code}
            assert page.sign_in({**body, "password": first}).status_code == 200
            change = {"current": first, "new": PASSWORD}
            assert page.post("/session/password", change).status_code == 200
            page.speak("en")
            self.pages[employee_code] = page
        return self.pages[employee_code]

    @property
    def admin(self) -> Page:
        return self.page("admin")

    def seat(self, role: str = "agent", **values: Any) -> dict[str, Any]:
        """A new seat, whose page can be opened."""
        code = f"s{next(_numbers)}"
        body = {"employee_code": code, "name": f"坐席 {code}", "role": role, **values}
        made = self.admin.made("/seats", body)
        self.issued[code] = made["one_time_password"]
        return made


@pytest.fixture(scope="session")
def platform_database(migrated: DataServices) -> Iterator[FreshDatabase]:
    with fresh_database(migrated) as fresh:
        yield fresh


@pytest.fixture(scope="session")
def web(platform_database: FreshDatabase) -> Iterator[Flask]:
    settings = load_settings(platform_database.environment)
    app = create_app(settings, load_secrets(settings.paths.home))
    app.test_client_class = HonestClient
    yield app
    app.extensions["database"].dispose()


@pytest.fixture(scope="session")
def platform_rows(platform_database: FreshDatabase) -> Iterator[Database]:
    """For looking behind the API."""
    opened = Database(platform_database.app_url, pool_size=1)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def operator(web: Flask, platform_rows: Database) -> Page:
    with platform_rows.begin(Scope.platform()) as session:
        login = ensure_operator(session, SystemClock(), PASSWORD, first=False)
    assert login
    page = Page(web.test_client())
    body = {"employee_code": login.code, "password": PASSWORD}
    assert page.sign_in(body, "/operator/session").status_code == 200
    page.speak("en")
    return page


def new_code() -> str:
    return f"{100_000 + next(_numbers)}"


def new_number() -> str:
    return f"0216{next(_numbers):07d}"


def register(web: Flask, operator: Page, **values: Any) -> Firm:
    code = new_code()
    body = {"code": code, "name": f"企业 {code}", "area_code": "021", **values}
    made = operator.made("/operator/enterprises", body)
    issued = {each["employee_code"]: each["one_time_password"] for each in made["initial_users"]}
    return Firm(web, made["enterprise"]["id"], code, issued)


@pytest.fixture(scope="session")
def firm(web: Flask, operator: Page) -> Firm:
    return register(web, operator)


@pytest.fixture(scope="session")
def rival(web: Flask, operator: Page) -> Firm:
    """Another enterprise."""
    return register(web, operator)


@pytest.fixture(scope="session")
def agent(firm: Firm) -> Page:
    """Somebody who administers nothing."""
    return firm.page(firm.seat()["employee_code"])


@pytest.fixture
def trunk(operator: Page) -> dict[str, Any]:
    name = f"trunk {next(_numbers)}"
    return operator.made("/operator/trunks", {"name": name, "host": "192.0.2.1"})


@pytest.fixture
def number(operator: Page, trunk: dict[str, Any]) -> dict[str, Any]:
    """An access number that leads nowhere yet."""
    body = {"number": new_number(), "trunk_id": trunk["id"]}
    return operator.made("/operator/access-numbers", body)
