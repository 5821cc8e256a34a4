"""Where two acts meet, and what only a hostile client sends."""

from typing import Any

import pytest
from flask import Flask

from callcenter.core.http import COOKIE
from tests.support.firms import PASSWORD, Firm, Page, register

pytestmark = pytest.mark.integration


def fields(answer: Any) -> set[str]:
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "invalid"), answer.text
    return set(answer.json["error"]["fields"])


def test_options_alone_move_the_enterprises_etag(web: Flask, operator: Page) -> None:
    """They stand in another table: without it two operators would overwrite each other's."""
    path = f"/operator/enterprises/{register(web, operator).id}"
    version = operator.get(path).json["version"]
    assert operator.patch(path, {"options": {"outbound": False}}, version).status_code == 200
    assert operator.patch(path, {"options": {"outbound": True}}, version).status_code == 412
    assert operator.get(path).json["options"]["outbound"] is False


def test_a_strategy_read_before_another_change_is_refused(
    operator: Page, firm: Firm, number: dict[str, Any]
) -> None:
    bind = {"enterprise_id": firm.id}
    bound = operator.post(f"/operator/access-numbers/{number['id']}/bind", bind).json
    service = firm.admin.made("/agent-services", {"name": f"先 {number['number']}"})
    lead = {"kind": "agent_service", "target_id": service["id"]}
    path = f"/access-numbers/{number['id']}/strategy"
    assert firm.admin.put(path, lead, bound["version"]).status_code == 200
    assert firm.admin.put(path, lead, bound["version"]).status_code == 412


def test_the_administrator_says_in_which_language_callers_are_spoken_to(
    operator: Page, firm: Firm, number: dict[str, Any]
) -> None:
    path = f"/access-numbers/{number['id']}"
    operator.post(f"/operator{path}/bind", {"enterprise_id": firm.id})
    service = firm.admin.made("/agent-services", {"name": f"英文 {number['number']}"})
    lead = {"kind": "agent_service", "target_id": service["id"]}
    assert firm.admin.put(f"{path}/strategy", lead).json["language"] == "zh-CN"
    led = firm.admin.put(f"{path}/strategy", lead | {"language": "en"}).json
    assert led["language"] == "en"
    assert firm.admin.put(f"{path}/strategy", lead).json["language"] == "en"
    assert fields(firm.admin.put(f"{path}/strategy", lead | {"language": "fr"})) == {"language"}
    changed = operator.patch(
        f"/operator{path}", {"note": "热线"}, firm.admin.get(path).json["version"]
    )
    assert changed.json["language"] == "en"
    assert operator.post(f"/operator{path}/unbind").json["language"] == "zh-CN"


def test_the_administrator_says_how_many_may_be_in_flows_and_who_gets_the_others(
    operator: Page, firm: Firm, rival: Firm, number: dict[str, Any]
) -> None:
    path = f"/access-numbers/{number['id']}"
    operator.post(f"/operator{path}/bind", {"enterprise_id": firm.id})
    service = firm.admin.made("/agent-services", {"name": f"溢出 {number['number']}"})
    into = {"kind": "agent_service", "id": service["id"]}
    put = firm.admin.put(f"{path}/ivr-channels", {"channels": 30, "overflow": into})
    assert put.status_code == 200, put.json
    kept = firm.admin.get(path).json
    assert kept["ivr_channels"] == 30
    assert (kept["ivr_overflow"]["kind"], kept["ivr_overflow"]["id"]) == tuple(into.values())
    gone = firm.admin.delete(f"/agent-services/{service['id']}", service["version"])
    assert (gone.status_code, gone.json["error"]["details"]) == (409, {"by": "access_number"})
    outside = {"kind": "number", "number": "021-6123 4567", "at_once": 2}
    theirs = rival.admin.made("/agent-services", {"name": f"别家 {number['number']}"})
    for body, field in (
        ({"channels": 0}, "channels"),
        ({"channels": 1, "overflow": into | {"id": theirs["id"]}}, "overflow.id"),
        ({"channels": 1, "overflow": {"kind": "voicemail", "id": theirs["id"]}}, "overflow.id"),
        (
            {"channels": 1, "overflow": {"kind": "extension", "id": theirs["id"]}},
            "overflow.ring_seconds",
        ),
        ({"channels": 1, "overflow": outside | {"number": "abc"}}, "overflow.number"),
    ):
        assert fields(firm.admin.put(f"{path}/ivr-channels", body)) == {field}
    assert rival.admin.put(f"{path}/ivr-channels", {"channels": 1}).status_code == 404
    put = firm.admin.put(f"{path}/ivr-channels", {"channels": 1, "overflow": outside})
    assert put.json["ivr_overflow"]["number"] == "02161234567"
    assert firm.admin.put(f"{path}/ivr-channels", {"channels": None}).json["ivr_channels"] is None


def test_a_paused_number_has_words_of_its_own_until_it_is_taken_back(
    operator: Page, firm: Firm, rival: Firm, number: dict[str, Any]
) -> None:
    path, say = f"/access-numbers/{number['id']}", {"zh-CN": "春节休息。", "en": "Back on Monday."}
    assert operator.put(f"/operator{path}/pause-message", {"say": say}).status_code == 409
    operator.post(f"/operator{path}/bind", {"enterprise_id": firm.id})
    kept = firm.admin.put(f"{path}/pause-message", {"say": say}).json
    assert (kept["pause_message"], firm.admin.get(path).json["pause_message"]) == (say, say)
    (entry,) = firm.admin.get("/audit", action="access_number.pause_message").json["items"]
    assert entry["after"] == {"pause_message": say}
    stale = firm.admin.put(f"{path}/pause-message", {"say": None}, kept["version"] - 1)
    assert stale.status_code == 412
    assert fields(firm.admin.put(f"{path}/pause-message", {"say": {"en": "x"}})) == {"say"}
    assert rival.admin.put(f"{path}/pause-message", {"say": say}).status_code == 404
    assert firm.page("conf").put(f"{path}/pause-message", {"say": say}).status_code == 403
    # Who has the number next does not speak with the words of who had it before.
    freed = operator.post(f"/operator{path}/unbind").json
    assert freed["pause_message"] is None


def test_another_enterprises_number_is_not_shown_as_ones_own(
    operator: Page, firm: Firm, rival: Firm, number: dict[str, Any]
) -> None:
    bind = {"enterprise_id": rival.id}
    operator.post(f"/operator/access-numbers/{number['id']}/bind", bind)
    path = f"/operator/enterprises/{firm.id}"
    version = operator.get(path).json["version"]
    wanted = {"display_number_id": number["id"]}
    assert fields(operator.patch(path, wanted, version)) == {"display_number_id"}


def test_a_deleted_enterprise_lets_nobody_in(web: Flask, operator: Page) -> None:
    gone = register(web, operator)
    assert operator.delete(f"/operator/enterprises/{gone.id}").status_code == 204
    body = {"enterprise_code": gone.code, "employee_code": "admin"}
    answer = Page(web.test_client()).sign_in({**body, "password": gone.issued["admin"]})
    assert (answer.status_code, answer.json["error"]["code"]) == (401, "sign-in-refused")


def test_a_cookie_taken_before_signing_out_opens_nothing(web: Flask, operator: Page) -> None:
    person = register(web, operator).page("admin")
    stolen = person.client.get_cookie(COOKIE)
    assert stolen is not None
    assert person.delete("/session").status_code == 204
    thief = Page(web.test_client())
    thief.client.set_cookie(COOKIE, stolen.value)
    assert thief.get("/session").status_code == 401


def test_the_description_names_every_route(web: Flask) -> None:
    described = web.test_client().get("/api/openapi.json").json["paths"]
    served = {rule.rule for rule in web.url_map.iter_rules() if rule.rule.startswith("/api/v1")}
    assert len(described) == len(served)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        "text",
        {"enterprise_code": 1, "employee_code": 2, "password": 3},
        {"enterprise_code": None, "employee_code": None, "password": None},
        {"enterprise_code": "1", "employee_code": "a", "password": "x" * 100_000},
        {"enterprise_code": "1", "employee_code": "a", "password": PASSWORD, "more": 1},
    ],
)
def test_a_malformed_sign_in_is_refused_by_field(web: Flask, body: Any) -> None:
    assert fields(Page(web.test_client()).post("/session", body))


def test_a_language_is_one_that_we_speak(operator: Page) -> None:
    assert fields(operator.patch("/session", {"locale": "xx"})) == {"locale"}


@pytest.mark.parametrize("text", ["\u0000", "\ud800"])
def test_a_name_that_cannot_be_stored_breaks_nothing(web: Flask, text: str) -> None:
    body = {"enterprise_code": text, "employee_code": text, "password": text}
    assert 400 <= Page(web.test_client()).post("/session", body).status_code < 500


def test_a_path_that_cannot_be_stored_is_not_found(operator: Page, firm: Firm) -> None:
    answer = operator.post(f"/operator/enterprises/{firm.id}/users/%00/reset")
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "not-found")
