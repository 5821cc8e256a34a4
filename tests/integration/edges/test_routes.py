"""Every route of the API, asked for what it must refuse: clearly, in the reader's language."""

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

OPEN = {"POST /session", "POST /operator/session"}
ALL = routes()
BY_TELEPHONY = (
    *("/consult", "/transfer", "/rejoin", "/hang-up", "/supervision/listen"),
    *("/trial-calls", "/takes"),
)
"""Telephony itself answers for these, over the stream of commands."""
OWN_KEYS = {"key", "token", "listening_id", "employee_code", "identifier"}
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


@pytest.fixture(scope="module")
def pages(firm: Firm, operator: Page) -> list[Page]:
    """One of each role: somebody among them may ask."""
    roles = ("agent", "leader", "inspector")
    seats = [firm.page(firm.seat(role)["employee_code"]) for role in roles]
    return [firm.admin, firm.page("conf"), *seats, operator]


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
def test_what_does_not_exist_is_not_found(pages: list[Page], route: Route) -> None:
    answers = [ask(page, route, route.body()) for page in pages]
    allowed = [answer for answer in answers if answer.status_code != 403]
    assert allowed, "nobody may ask for it"
    for answer in allowed:
        assert_refused(answer, "en", 404, "not-found")


TYPED = [route for route in WITH_BODY if route.path not in ANY_DOCUMENT]


@pytest.mark.parametrize("route", TYPED, ids=str)
def test_wrong_types_are_refused_field_by_field(pages: list[Page], route: Route) -> None:
    answers = [ask(page, route, route.wrong_body()) for page in pages]
    allowed = [answer for answer in answers if answer.status_code != 403]
    assert allowed, "nobody may ask for it"
    for answer in allowed:
        assert_refused(answer, "en", 422, "invalid")
        assert answer.json["error"]["fields"]


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
@pytest.mark.parametrize("body", [b'{"name": ', b"[]", b'"text"', b"12", b"\xff\xfe"])
def test_what_is_no_object_in_json_is_refused(pages: list[Page], route: Route, body: bytes) -> None:
    statuses = {_post_raw(page, route, body).status_code for page in pages}
    assert statuses - {403} <= {400, 422}
    assert statuses - {403}


@pytest.mark.parametrize("route", WITH_BODY, ids=str)
def test_too_large_a_body_is_refused_unread(pages: list[Page], route: Route) -> None:
    roomy = route.path in ROOMY
    largest, code = (
        (LARGEST_FILE * MEGABYTE, "file-too-large") if roomy else (LARGEST_BODY, "http-413")
    )
    body = b'{"name": "' + b"x" * largest + b'"}'
    answers = [_post_raw(page, route, body) for page in pages]
    allowed = [answer for answer in answers if answer.status_code != 403]
    assert allowed
    for answer in allowed:
        assert_refused(answer, "en", 413, code)


def _post_raw(page: Page, route: Route, body: bytes) -> Any:
    path = route.at(dict.fromkeys(route.parameters, UNKNOWN))
    headers = {"X-CSRF-Token": page.csrf, "If-Match": '"1"', "Content-Type": "application/json"}
    url = f"/api/v1{path}"
    return page.client.open(url, method=route.method.upper(), data=body, headers=headers)
