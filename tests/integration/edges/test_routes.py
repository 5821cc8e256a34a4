"""Every route of the API, asked for what it must refuse: clearly, in the reader's language."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask

from callcenter.configuration.http import LARGEST as LARGEST_FILE
from callcenter.configuration.http import MEGABYTE
from callcenter.core.i18n import caption
from callcenter.processes.web import LARGEST_BODY
from tests.integration.edges.routes import UNKNOWN, UNSAFE, Route, routes
from tests.support.firms import Firm, Page

pytestmark = pytest.mark.integration

OPEN = {
    *("POST /session", "POST /operator/session"),
    *(f"{method} /delivery-reports/{{channel_id}}/{{secret}}" for method in ("GET", "POST")),
}
"""For who is not signed in; of gateways, whoever knows the address (messaging/test_reports has them)."""

ALL = routes()
BY_TELEPHONY = (
    *("/consult", "/transfer", "/rejoin", "/hang-up", "/supervision/listen"),
    *("/trial-calls", "/takes"),
)
"""Telephony itself answers for these, over the stream of commands."""
OWN_KEYS = {"key", "token", "secret", "listening_id", "employee_code", "identifier"}
"""Parameters that are no ids of the enterprise's things."""
OF_KEYS = {"GET /callbacks/{callback_id}"}
"""No person may ask for these, only another program with its key: test_programs has them."""
OF_THINGS = [
    route
    for route in ALL
    if route.parameters
    and f"{route.method.upper()} {route.path}" not in OF_KEYS
    and not OWN_KEYS & set(route.parameters)
    and not any(part in route.path for part in BY_TELEPHONY)
]
WITH_BODY = [route for route in ALL if route.schema]
ROOMY = ("/configuration/trial", "/configuration/import")
"""They take larger bodies than the others, and tell how large."""
ANY_DOCUMENT = ("/configuration/trial",)
"""Whatever the document is, it is told what kind of file it is not: test_moving has these."""
NO_OBJECTS = (b'{"name": ', b"[]", b'"text"', b"12", b"\xff\xfe")


@dataclass
class Askers:
    """One page of each role. What is refused to a role is refused before anything is read."""

    pages: list[Page]
    known: dict[str, list[Page]] = field(default_factory=dict)

    def of(self, route: Route) -> list[Page]:
        """Who may ask for it: somebody must."""
        if str(route) not in self.known:
            allowed = [page for page in self.pages if _tried(page, route).status_code != 403]
            self.known[str(route)] = allowed
        assert self.known[str(route)], "nobody may ask for it"
        return self.known[str(route)]


@pytest.fixture(scope="module")
def askers(firm: Firm, operator: Page) -> Askers:
    roles = ("agent", "leader", "inspector")
    seats = [firm.page(firm.seat(role)["employee_code"]) for role in roles]
    return Askers([firm.admin, firm.page("conf"), *seats, operator])


@pytest.fixture(scope="module", params=["en", "zh-CN"])
def stranger(web: Flask, request: pytest.FixtureRequest) -> Page:
    return Page(web.test_client(), request.param)


def assert_refused(answer: Any, language: str, status: int, code: str) -> None:
    """The one shape of an error, with the words of the reader's language."""
    assert answer.status_code == status, answer.text
    error = answer.json["error"]
    assert error["code"] == code
    assert error["message"] == caption(f"error.{code}", language, error["details"])
    assert error["request_id"]


def ask(page: Page, route: Route, body: Any, **ids: str) -> Any:
    path = route.at(dict.fromkeys(route.parameters, UNKNOWN) | ids)
    return page.send(route.method.upper(), path, body, 1)


@pytest.mark.parametrize("route", ALL, ids=str)
def test_who_is_not_signed_in_is_asked_to(stranger: Page, route: Route) -> None:
    if f"{route.method.upper()} {route.path}" in OPEN:
        return
    assert_refused(ask(stranger, route, None), stranger.language, 401, "not-signed-in")


@pytest.mark.parametrize("route", [r for r in ALL if r.method in UNSAFE], ids=str)
def test_a_change_that_another_site_asks_for_is_refused(firm: Firm, route: Route) -> None:
    if f"{route.method.upper()} {route.path}" in OPEN:
        return
    forged = Page(firm.admin.client, csrf="forged")
    assert_refused(ask(forged, route, route.body()), "en", 403, "csrf-failed")


@pytest.mark.parametrize("route", OF_THINGS, ids=str)
def test_what_does_not_exist_is_not_found(askers: Askers, route: Route) -> None:
    for page in askers.of(route):
        assert_refused(ask(page, route, route.body()), "en", 404, "not-found")


TYPED = [route for route in WITH_BODY if route.path not in ANY_DOCUMENT]


@pytest.mark.parametrize("route", TYPED, ids=str)
def test_wrong_types_are_refused_field_by_field(askers: Askers, route: Route) -> None:
    for page in askers.of(route):
        answer = ask(page, route, route.wrong_body())
        assert_refused(answer, "en", 422, "invalid")
        assert answer.json["error"]["fields"]


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_what_is_no_object_in_json_is_refused(askers: Askers, route: Route) -> None:
    for page in askers.of(route):
        for body in NO_OBJECTS:
            assert _post_raw(page, route, body).status_code in {400, 422}, body


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_too_large_a_body_is_refused_unread(askers: Askers, route: Route) -> None:
    roomy = route.path in ROOMY
    largest, code = (
        (LARGEST_FILE * MEGABYTE, "file-too-large") if roomy else (LARGEST_BODY, "http-413")
    )
    body = b'{"name": "' + b"x" * largest + b'"}'
    for page in askers.of(route):
        assert_refused(_post_raw(page, route, body), "en", 413, code)


def _tried(page: Page, route: Route) -> Any:
    """With what can do nothing: no object in JSON, or an id that nothing has."""
    return _post_raw(page, route, NO_OBJECTS[0]) if route.schema else ask(page, route, None)


def _post_raw(page: Page, route: Route, body: bytes) -> Any:
    path = route.at(dict.fromkeys(route.parameters, UNKNOWN))
    headers = {"X-CSRF-Token": page.csrf, "If-Match": '"1"', "Content-Type": "application/json"}
    url = f"/api/v1{path}"
    return page.client.open(url, method=route.method.upper(), data=body, headers=headers)
