"""Signing in over HTTP, and what a session opens."""

import pytest
from flask import Flask

from callcenter.core.http import COOKIE
from tests.support.firms import PASSWORD, Firm, Page

pytestmark = pytest.mark.integration


def test_a_first_password_opens_nothing_but_its_own_change(web: Flask, firm: Firm) -> None:
    seat = firm.seat()
    page = Page(web.test_client())
    first = firm.issued[seat["employee_code"]]
    body = {"enterprise_code": firm.code, "employee_code": seat["employee_code"]}
    me = page.sign_in({**body, "password": first}).json
    assert me["must_change_password"]
    assert me["home"] == "console"
    refused = page.get("/calls")
    assert (refused.status_code, refused.json["error"]["code"]) == (403, "password-change-required")
    same = page.post("/session/password", {"current": first, "new": first})
    assert same.json["error"]["fields"]["new"]
    wrong = page.post("/session/password", {"current": "x", "new": PASSWORD})
    assert wrong.json["error"]["code"] == "wrong-password"
    changed = page.post("/session/password", {"current": first, "new": PASSWORD})
    assert changed.json["must_change_password"] is False
    assert page.get("/calls").status_code == 200


def test_the_page_learns_who_is_signed_in(agent: Page, firm: Firm) -> None:
    me = agent.get("/session").json
    assert me["enterprise"]["code"] == firm.code
    assert me["enterprise"]["options"]["appointments_menu"] is True
    assert "calls.handle" in me["permissions"]
    assert me["user"]["role"] == "agent"


@pytest.mark.parametrize(
    ("language", "text"), [("en", "Wrong enterprise code"), ("zh-CN", "不正确")]
)
def test_a_refused_sign_in_never_says_what_was_wrong(
    web: Flask, firm: Firm, language: str, text: str
) -> None:
    page = Page(web.test_client(), language)
    known = page.post("/session", _credentials(firm.code, "conf", "wrong"))
    unknown = page.post("/session", _credentials("999999", "nobody", "wrong"))
    assert known.status_code == unknown.status_code == 401
    assert known.json["error"]["message"] == unknown.json["error"]["message"]
    assert text in known.json["error"]["message"]


def test_guessing_is_locked_out_for_a_growing_while(web: Flask, firm: Firm) -> None:
    seat = firm.seat()
    page = Page(web.test_client())
    body = _credentials(firm.code, seat["employee_code"], "wrong")
    answers = [page.post("/session", body) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 401, 423]
    assert answers[-1].json["error"]["details"]["retry_after"] > 0
    right = {**body, "password": firm.issued[seat["employee_code"]]}
    assert page.post("/session", right).status_code == 423, "the right one must wait as well"


def test_the_operators_door_and_the_enterprises_are_apart(web: Flask, firm: Firm) -> None:
    page = Page(web.test_client())
    through_firm = page.post("/session", _credentials("000000", "admin", PASSWORD))
    assert through_firm.status_code == 401
    through_operator = page.post(
        "/operator/session", {"employee_code": "conf", "password": firm.issued["conf"]}
    )
    assert through_operator.status_code == 401


def test_an_act_without_the_csrf_token_is_refused(agent: Page) -> None:
    forged = Page(agent.client, csrf="guessed")
    answer = forged.patch("/session", {"locale": "en"})
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "csrf-failed")


def test_signing_out_everywhere_ends_the_other_browsers_too(web: Flask, firm: Firm) -> None:
    seat = firm.seat()
    here = firm.page(seat["employee_code"])
    there = Page(web.test_client())
    there.sign_in(_credentials(firm.code, seat["employee_code"], PASSWORD))
    assert there.get("/session").status_code == 200
    assert here.delete("/sessions").status_code == 204
    assert there.get("/session").status_code == 401
    assert here.get("/session").status_code == 401


def test_signing_out_here_leaves_the_other_browser(web: Flask, firm: Firm) -> None:
    seat = firm.seat()
    here = firm.page(seat["employee_code"])
    there = Page(web.test_client())
    there.sign_in(_credentials(firm.code, seat["employee_code"], PASSWORD))
    assert here.delete("/session").status_code == 204
    assert there.get("/session").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts(web: Flask, firm: Firm) -> None:
    seat = firm.seat()
    body = _credentials(firm.code, seat["employee_code"], firm.issued[seat["employee_code"]])
    answer = web.test_client().post("/api/v1/session", json=body)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def _credentials(enterprise: str, employee: str, password: str) -> dict[str, str]:
    return {"enterprise_code": enterprise, "employee_code": employee, "password": password}
