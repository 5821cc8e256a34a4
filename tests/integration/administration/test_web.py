"""The API as a whole: nothing is open by accident, and every refusal has one shape."""

import json

import pytest
from flask import Flask

from callcenter.core.permissions import FOR_KEYS, Permission
from callcenter.processes import openapi
from callcenter.processes.web import LARGEST_BODY
from tests.support.firms import Page

pytestmark = pytest.mark.integration

OPEN = {
    "/api/openapi.json",
    "/api/v1/delivery-reports/<uuid:channel_id>/<string:secret>",
    "/api/v1/session",
    "/api/v1/operator/session",
    "/healthz",
    "/readyz",
    "/metrics",
}


def test_every_view_says_who_may_open_it(web: Flask) -> None:
    """Deny by default: the gate refuses a view without a mark, and this test finds it first."""
    unmarked, opened = [], set()
    for rule in web.url_map.iter_rules():
        view = web.view_functions[rule.endpoint]
        kind = getattr(view, "view_class", None)
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            handler = getattr(kind, method.lower()) if kind else view
            if not hasattr(handler, "__gate__"):
                unmarked.append((rule.rule, method))
            elif handler.__gate__ is None:
                opened.add(rule.rule)
    assert unmarked == []
    assert {rule for rule in opened if not rule.startswith("/api/docs")} == OPEN


def test_the_description_says_what_is_open_to_keys_and_to_everybody(web: Flask) -> None:
    document = web.test_client().get("/api/openapi.json").json
    assert set(document["components"]["securitySchemes"]) == {"session", "key"}
    told: dict[str, set[str]] = {"key": set(), "all": set()}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            proofs = (
                operation.get("security", document["security"]) if method != "parameters" else [1]
            )
            if proofs == []:
                told["all"].add(path)
            elif {"key": []} in proofs:
                told["key"].add(f"{method} {path}")
    reports = "/api/v1/delivery-reports/{channel_id}/{secret}"
    assert told["all"] == {"/api/v1/session", "/api/v1/operator/session", reports}
    marked = sum(hasattr(view, "__for_keys__") for view in web.view_functions.values())
    assert len(told["key"]) == marked
    assert "post /api/v1/callbacks" in told["key"]
    assert "get /api/v1/session" not in told["key"]


def test_nobody_reaches_anything_else_without_a_session(web: Flask) -> None:
    client = web.test_client()
    paths = [path for path in client.get("/api/openapi.json").json["paths"] if "{" not in path]
    for path in set(paths) - OPEN:
        answers = [client.get(path), client.post(path, json={})]
        assert all(answer.status_code in (401, 403, 404, 405) for answer in answers), path


def test_keys_reach_only_what_asks_for_something_that_a_key_can_have(web: Flask) -> None:
    for_keys = {
        view: set(view.__gate__)
        for view in web.view_functions.values()
        if hasattr(view, "__for_keys__")
    }
    assert for_keys
    assert all(permissions & set(FOR_KEYS) for permissions in for_keys.values())
    given = set().union(*for_keys.values())
    assert set(FOR_KEYS) - given == {Permission.NUMBERS_UNMASKED}, (
        "a key can be given what is not asked"
    )


@pytest.mark.parametrize(
    ("language", "message"), [("en", "The content is too large"), ("zh-CN", "内容过大")]
)
def test_an_oversized_body_is_refused_in_the_callers_language(
    web: Flask, language: str, message: str
) -> None:
    page = Page(web.test_client(), language)
    answer = page.post("/session", {"enterprise_code": "1" * LARGEST_BODY})
    assert answer.status_code == 413
    assert message in answer.json["error"]["message"]


def test_unreadable_json_is_refused(agent: Page) -> None:
    headers = {"X-CSRF-Token": agent.csrf, "Content-Type": "application/json"}
    answer = agent.client.patch("/api/v1/session", data=b"{", headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.json["error"]["message"]


def test_an_unknown_path_answers_in_the_same_shape(agent: Page) -> None:
    answer = agent.get("/nothing-here")
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "not-found")
    assert answer.json["error"]["message"] == "Not found."


def test_text_that_cannot_be_stored_is_refused(operator: Page) -> None:
    answer = operator.get("/operator/enterprises", q="a\x00b")
    assert answer.status_code == 422


def test_the_description_is_shown_by_our_own_files_alone(web: Flask) -> None:
    client = web.test_client()
    with client.get("/api/docs") as page:
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert "http" not in page.get_data(as_text=True), "something comes from elsewhere"
    for name in ("start.js", "swagger-ui.css", "swagger-ui-bundle.js"):
        with client.get(f"/api/docs/{name}") as part:
            assert part.status_code == 200
    assert client.get("/api/docs/index.html").status_code == 404


def test_the_kept_description_is_the_served_one(web: Flask) -> None:
    kept = json.loads(openapi.FILE.read_text("utf-8"))
    served = web.test_client().get("/api/openapi.json").json
    assert kept == served, "run: python -m callcenter.processes.openapi"
