"""What an enterprise's administrator does: seats, teams, extensions, services, words."""

from itertools import count
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from callcenter.acd.strategies import Strategy
from callcenter.calls.models import Call, CallSummary
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from callcenter.people.models import Extension
from callcenter.people.service import load_roster
from callcenter.routing.service import load_plan
from tests.support.firms import PASSWORD, Firm, Page, new_number, register

pytestmark = pytest.mark.integration

UNKNOWN = "00000000-0000-7000-8000-000000000000"
LABEL = {"zh-CN": "词", "en": "Word"}
_names = count(1)

CHANGING = {
    "/seats": {"employee_code": "zz", "name": "座", "role": "agent"},
    "/teams": {"name": "组"},
    "/skills": {"name": "技"},
    "/extensions": {"number": "7999"},
    "/agent-services": {"name": "服"},
    "/not-ready-reasons": {"code": "c", "label": LABEL},
    "/dispositions": {"code": "c", "label": LABEL},
}


def fresh(text: str = "名") -> str:
    return f"{text}{next(_names)}"


def test_an_agent_reaches_none_of_it(agent: Page) -> None:
    for path, body in CHANGING.items():
        for answer in (agent.get(path), agent.post(path, body)):
            assert answer.status_code == 403, path
    for path in ("/access-numbers", "/enterprise", "/audit"):
        assert agent.get(path).status_code == 403


def test_another_enterprises_things_do_not_exist(firm: Firm, rival: Firm) -> None:
    ours = {
        "/seats": firm.seat(),
        "/teams": firm.admin.made("/teams", {"name": fresh()}),
        "/skills": firm.admin.made("/skills", {"name": fresh()}),
        "/extensions": firm.admin.made("/extensions", {"number": f"{6000 + next(_names)}"}),
        "/agent-services": firm.admin.made("/agent-services", {"name": fresh()}),
        "/not-ready-reasons": firm.admin.made(
            "/not-ready-reasons", {"code": fresh("r"), "label": LABEL}
        ),
        "/dispositions": firm.admin.made("/dispositions", {"code": fresh("d"), "label": LABEL}),
    }
    for path, thing in ours.items():
        one = f"{path}/{thing['id']}"
        patch = {"kind": "desk"} if path == "/extensions" else {"name": "夺"}
        if "code" in thing:
            patch = {"sort": 1}
        assert rival.admin.patch(one, patch, 1).status_code == 404, path
        if path != "/seats":
            assert rival.admin.delete(one).status_code == 404, path
        listed = rival.admin.get(path, page_size=200).json["items"]
        assert thing["id"] not in {each["id"] for each in listed}, path
    for act in ("deactivate", "activate", "reset-password"):
        assert rival.admin.post(f"/seats/{ours['/seats']['id']}/{act}").status_code == 404
    secret = rival.admin.post(f"/extensions/{ours['/extensions']['id']}/secret")
    assert secret.status_code == 404


def test_an_unknown_sort_is_refused_everywhere(firm: Firm) -> None:
    for path in (*CHANGING, "/access-numbers", "/audit"):
        answer = firm.admin.get(path, sort="password_hash")
        assert (answer.status_code, set(answer.json["error"]["fields"])) == (422, {"sort"}), path


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("/seats", "employee_code", "a b"),
        ("/seats", "name", ""),
        ("/seats", "role", "operator"),
        ("/seats", "team_ids", [UNKNOWN]),
        ("/seats", "extension_id", UNKNOWN),
        ("/seats", "wrap_up_seconds", 9999),
        ("/seats", "leg_form", "glued"),
        ("/teams", "name", ""),
        ("/teams", "leader_id", UNKNOWN),
        ("/skills", "name", "x" * 61),
        ("/extensions", "number", "01"),
        ("/extensions", "kind", "carrier pigeon"),
        ("/agent-services", "name", ""),
        ("/agent-services", "priority", 10),
        ("/agent-services", "ring_seconds", 1),
        ("/agent-services", "level_percent", "80"),
        ("/agent-services", "missed_policy", "fire"),
        ("/agent-services", "work_order_object", "customer"),
        ("/agent-services", "music", "jazz"),
        ("/not-ready-reasons", "label", {"en": "one"}),
        ("/dispositions", "code", "no spaces"),
        ("/dispositions", "sort", -1),
    ],
)
def test_bad_input_is_told_by_field_in_both_languages(
    firm: Firm, path: str, field: str, value: Any
) -> None:
    said = set()
    for language in ("zh-CN", "en"):
        firm.admin.speak(language)
        answer = firm.admin.post(path, {**CHANGING[path], field: value})
        assert answer.status_code == 422
        assert set(answer.json["error"]["fields"]) == {field}
        said.add(answer.json["error"]["fields"][field][0])
    assert len(said) == 2
    assert not any(text.startswith("validation.") for text in said)


class TestSeats:
    def test_a_seat_is_made_changed_and_found(self, firm: Firm) -> None:
        team = firm.admin.made("/teams", {"name": fresh()})
        skill = firm.admin.made("/skills", {"name": fresh()})
        extension = firm.admin.made("/extensions", {"number": f"{5000 + next(_names)}"})
        seat = firm.seat(
            team_ids=[team["id"]],
            extension_id=extension["id"],
            skills=[{"id": skill["id"], "level": 7}],
        )
        path = f"/seats/{seat['id']}"
        read = firm.admin.get(path)
        assert "one_time_password" not in read.json
        assert read.json["teams"] == [{"id": team["id"], "name": team["name"]}]
        assert read.json["extension"]["number"] == extension["number"]
        assert read.json["skills"][0]["level"] == 7
        version = int(read.headers["ETag"].strip('"'))
        changed = firm.admin.patch(path, {"name": "新名", "team_ids": []}, version).json
        assert (changed["name"], changed["teams"]) == ("新名", [])
        assert changed["skills"], "what the patch does not name stays"
        assert firm.admin.patch(path, {"team_ids": []}, version).status_code == 412
        found = firm.admin.get("/seats", q=seat["employee_code"], role="agent", status="active")
        assert [each["id"] for each in found.json["items"]] == [seat["id"]]
        assert firm.admin.get("/seats", team_id=team["id"]).json["total"] == 0

    def test_a_change_of_teams_alone_is_a_change(self, firm: Firm) -> None:
        team = firm.admin.made("/teams", {"name": fresh()})
        seat = firm.seat()
        path = f"/seats/{seat['id']}"
        first = firm.admin.patch(path, {"team_ids": [team["id"]]}, seat["version"])
        assert first.json["version"] > seat["version"]

    def test_a_skill_is_given_with_its_level(self, firm: Firm) -> None:
        skill = firm.admin.made("/skills", {"name": fresh()})
        seat = firm.seat()
        body = {"skills": [{"id": skill["id"]}]}
        answer = firm.admin.patch(f"/seats/{seat['id']}", body, seat["version"])
        assert set(answer.json["error"]["fields"]) == {"skills.0.level"}

    def test_an_extension_belongs_to_one_seat(self, firm: Firm) -> None:
        extension = firm.admin.made("/extensions", {"number": f"{5000 + next(_names)}"})
        holder = firm.seat(extension_id=extension["id"])
        other = firm.seat()
        body = {"extension_id": extension["id"]}
        answer = firm.admin.patch(f"/seats/{other['id']}", body, other["version"])
        assert set(answer.json["error"]["fields"]) == {"extension_id"}
        assert firm.admin.delete(f"/extensions/{extension['id']}").status_code == 409
        firm.admin.post(f"/seats/{holder['id']}/deactivate")
        assert (
            firm.admin.patch(f"/seats/{other['id']}", body, other["version"]).status_code == 200
        ), "a deactivated seat gives it back"

    def test_a_deactivated_seat_is_out_at_once_and_can_come_back(
        self, web: Flask, firm: Firm
    ) -> None:
        seat = firm.seat()
        page = firm.page(seat["employee_code"])
        path = f"/seats/{seat['id']}"
        assert firm.admin.post(f"{path}/deactivate").json["status"] == "inactive"
        assert page.get("/session").status_code == 401
        again = Page(web.test_client())
        body = {
            "enterprise_code": firm.code,
            "employee_code": seat["employee_code"],
            "password": PASSWORD,
        }
        assert again.sign_in(body).status_code == 401
        assert firm.admin.post(f"{path}/activate").json["status"] == "active"
        assert again.sign_in(body).status_code == 200

    def test_a_reset_password_is_a_first_password_again(self, web: Flask, firm: Firm) -> None:
        seat = firm.seat()
        page = firm.page(seat["employee_code"])
        answer = firm.admin.post(f"/seats/{seat['id']}/reset-password")
        assert answer.headers["Cache-Control"] == "no-store"
        assert page.get("/session").status_code == 401
        again = Page(web.test_client())
        body = {
            "enterprise_code": firm.code,
            "employee_code": seat["employee_code"],
            "password": answer.json["one_time_password"],
        }
        assert again.sign_in(body).json["must_change_password"]

    def test_nobody_locks_themselves_out(self, firm: Firm) -> None:
        own = firm.admin.me["user"]["id"]
        assert firm.admin.post(f"/seats/{own}/deactivate").status_code == 409
        version = firm.admin.get(f"/seats/{own}").json["version"]
        answer = firm.admin.patch(f"/seats/{own}", {"role": "agent"}, version)
        assert set(answer.json["error"]["fields"]) == {"role"}

    def test_a_new_role_asks_for_a_new_sign_in(self, firm: Firm) -> None:
        seat = firm.seat()
        page = firm.page(seat["employee_code"])
        path = f"/seats/{seat['id']}"
        version = firm.admin.get(path).json["version"]
        firm.admin.patch(path, {"role": "leader"}, version)
        assert page.get("/session").status_code == 401

    def test_an_employee_code_is_given_once_and_kept(self, firm: Firm) -> None:
        seat = firm.seat()
        body = {"employee_code": seat["employee_code"], "name": "同", "role": "agent"}
        again = firm.admin.post("/seats", body)
        assert set(again.json["error"]["fields"]) == {"employee_code"}
        path = f"/seats/{seat['id']}"
        renamed = firm.admin.patch(path, {"employee_code": "else"}, seat["version"])
        assert set(renamed.json["error"]["fields"]) == {"employee_code"}


class TestTeams:
    def test_a_leader_belongs_to_the_team(self, firm: Firm) -> None:
        leader = firm.seat("leader")
        team = firm.admin.made("/teams", {"name": fresh(), "leader_id": leader["id"]})
        assert (team["leader_name"], team["member_count"]) == (leader["name"], 1)
        mine = firm.page(leader["employee_code"]).get("/session").json["user"]["teams"]
        assert [each["id"] for each in mine] == [team["id"]]

    def test_only_an_empty_team_can_be_deleted(self, firm: Firm) -> None:
        team = firm.admin.made("/teams", {"name": fresh()})
        seat = firm.seat(team_ids=[team["id"]])
        path = f"/teams/{team['id']}"
        assert firm.admin.delete(path).json["error"]["details"] == {"by": "user"}
        firm.admin.patch(f"/seats/{seat['id']}", {"team_ids": []}, seat["version"])
        assert firm.admin.delete(path, team["version"]).status_code == 204
        assert firm.admin.get(path).status_code == 404

    def test_a_lost_update_and_a_taken_name_are_refused(self, firm: Firm) -> None:
        team = firm.admin.made("/teams", {"name": fresh()})
        path = f"/teams/{team['id']}"
        assert firm.admin.patch(path, {"name": fresh()}, team["version"]).status_code == 200
        assert firm.admin.patch(path, {"name": fresh()}, team["version"]).status_code == 412
        taken = firm.admin.made("/teams", {"name": fresh()})
        answer = firm.admin.patch(path, {"name": taken["name"]}, team["version"] + 1)
        assert set(answer.json["error"]["fields"]) == {"name"}

    def test_a_skill_that_somebody_has_stays(self, firm: Firm) -> None:
        skill = firm.admin.made("/skills", {"name": fresh()})
        path = f"/skills/{skill['id']}"
        renamed = firm.admin.patch(path, {"name": fresh()}).json
        assert renamed["id"] == skill["id"]
        seat = firm.seat(skills=[{"id": skill["id"], "level": 1}])
        assert firm.admin.delete(path).status_code == 409
        firm.admin.patch(f"/seats/{seat['id']}", {"skills": []}, seat["version"])
        assert firm.admin.delete(path).status_code == 204


class TestExtensions:
    def test_a_browsers_secret_is_new_at_each_start_of_the_softphone(
        self, firm: Firm, platform_rows: Database
    ) -> None:
        extension = firm.admin.made("/extensions", {"number": f"{5000 + next(_names)}"})
        seat = firm.seat(extension_id=extension["id"])
        page = firm.page(seat["employee_code"])
        first = page.get("/console/softphone")
        second = page.get("/console/softphone")
        assert first.headers["Cache-Control"] == "no-store"
        expected = f"e{firm.code}-{extension['number']}"
        assert first.json["authorization_user"] == expected
        assert first.json["password"] != second.json["password"]
        with platform_rows.begin(Scope.platform()) as session:
            query = select(Extension.secret).where(Extension.number == extension["number"])
            assert session.scalars(query).one() == second.json["password"]

    def test_a_desk_phone_keeps_the_secret_it_was_given(self, firm: Firm) -> None:
        body = {"number": f"{5000 + next(_names)}", "kind": "desk"}
        extension = firm.admin.made("/extensions", body)
        seat = firm.seat(extension_id=extension["id"])
        account = firm.admin.post(f"/extensions/{extension['id']}/secret")
        assert account.json["authorization_user"] == f"e{firm.code}-{extension['number']}"
        page = firm.page(seat["employee_code"])
        assert page.get("/console/softphone").status_code == 404
        listed = firm.admin.get("/extensions", q=extension["number"], kind="desk").json["items"]
        assert listed[0]["user"]["id"] == seat["id"]
        assert "secret" not in str(listed)

    def test_an_extension_is_changed_and_deleted(self, firm: Firm) -> None:
        body = {"number": f"{5000 + next(_names)}"}
        extension = firm.admin.made("/extensions", body)
        path = f"/extensions/{extension['id']}"
        assert firm.admin.post("/extensions", body).status_code == 422
        changed = firm.admin.patch(path, {"kind": "desk"}, extension["version"]).json
        assert changed["kind"] == "desk"
        assert firm.admin.patch(path, {"kind": "browser"}, extension["version"]).status_code == 412
        assert firm.admin.delete(path, changed["version"]).status_code == 204
        assert firm.admin.get(path).status_code == 404


class TestAgentServices:
    def test_a_service_is_made_of_teams_and_people(self, firm: Firm) -> None:
        team = firm.admin.made("/teams", {"name": fresh()})
        seat = firm.seat()
        members = {"teams": [team["id"]], "users": [seat["id"]], "skills": []}
        service = firm.admin.made("/agent-services", {"name": fresh(), "members": members})
        assert service["members"] == members
        assert (service["priority"], service["missed_policy"]) == (5, "not_ready")
        path = f"/agent-services/{service['id']}"
        changed = firm.admin.patch(path, {"priority": 9}, service["version"]).json
        assert (changed["priority"], changed["members"]) == (9, members)
        only = firm.admin.patch(path, {"members": {"users": []}}, changed["version"]).json
        assert only["members"] == {"teams": [], "users": [], "skills": []}
        assert firm.admin.patch(path, {"priority": 1}, service["version"]).status_code == 412

    def test_the_order_of_named_seats_is_kept_and_teams_come_after_by_employee_code(
        self, firm: Firm, platform_rows: Database
    ) -> None:
        first, second, third, fourth = (firm.seat() for _ in range(4))
        team = firm.admin.made("/teams", {"name": fresh()})
        for seat in (fourth, third, second):
            path = f"/seats/{seat['id']}"
            changed = firm.admin.patch(path, {"team_ids": [team["id"]]}, seat["version"])
            assert changed.status_code == 200, changed.json
        members = {"teams": [team["id"]], "users": [third["id"], first["id"]], "skills": []}
        body = {"name": fresh(), "members": members, "strategy": "fixed_order"}
        service = firm.admin.made("/agent-services", body)
        assert (service["members"], service["strategy"]) == (members, "fixed_order")
        with platform_rows.begin(Scope.platform()) as session:
            codes = {UUID(firm.id): firm.code}
            plan = load_plan(session, load_roster(session, codes, {}))
        made = plan.services[UUID(service["id"])]
        order = [third, first, second, fourth]
        assert [str(agent) for agent in made.order] == [seat["id"] for seat in order]
        assert (made.strategy, made.members) == (Strategy.FIXED_ORDER, frozenset(made.order))

    def test_how_a_service_chooses_is_one_of_a_list(self, firm: Firm) -> None:
        body = {"name": fresh(), "strategy": "by_weather"}
        answer = firm.admin.post("/agent-services", body)
        assert set(answer.json["error"]["fields"]) == {"strategy"}

    def test_members_of_another_enterprise_do_not_exist(self, firm: Firm, rival: Firm) -> None:
        stranger = rival.seat()
        body = {"name": fresh(), "members": {"teams": [UNKNOWN], "users": [stranger["id"]]}}
        answer = firm.admin.post("/agent-services", body)
        assert set(answer.json["error"]["fields"]) == {"members.teams", "members.users"}

    def test_a_service_that_a_number_leads_to_stays(
        self, operator: Page, firm: Firm, number: dict[str, Any]
    ) -> None:
        service = firm.admin.made("/agent-services", {"name": fresh()})
        operator.post(f"/operator/access-numbers/{number['id']}/bind", {"enterprise_id": firm.id})
        path = f"/access-numbers/{number['id']}"
        lead = {"kind": "agent_service", "target_id": service["id"]}
        assert firm.admin.put(f"{path}/strategy", lead).status_code == 200
        answer = firm.admin.delete(f"/agent-services/{service['id']}")
        assert answer.json["error"]["details"] == {"by": "access_number"}

    def test_one_that_had_calls_is_gone_from_sight_and_its_name_is_free(
        self, firm: Firm, platform_rows: Database
    ) -> None:
        body = {"name": fresh()}
        service = firm.admin.made("/agent-services", body)
        call = Call(
            id=new_id(),
            enterprise_id=firm.id,
            direction="inbound",
            state="ended",
            service_id=service["id"],
            started_at=SystemClock().now(),
        )
        with platform_rows.begin(Scope.platform()) as session:
            session.add(call)
        path = f"/agent-services/{service['id']}"
        assert firm.admin.delete(path).status_code == 204
        assert firm.admin.get(path).status_code == 404
        assert firm.admin.made("/agent-services", body)["id"] != service["id"]


class TestWords:
    @pytest.mark.parametrize("path", ["/not-ready-reasons", "/dispositions"])
    def test_a_word_is_made_changed_and_deleted(self, firm: Firm, path: str) -> None:
        body = {"code": fresh("w"), "label": LABEL}
        made = firm.admin.made(path, body)
        assert firm.admin.post(path, body).status_code == 422
        changed = firm.admin.patch(f"{path}/{made['id']}", {"active": False}, made["version"])
        assert not changed.json["active"]
        stale = firm.admin.patch(f"{path}/{made['id']}", {"sort": 3}, made["version"])
        assert stale.status_code == 412
        assert firm.admin.patch(f"{path}/{made['id']}", {"sort": 3}).status_code == 200
        assert firm.admin.delete(f"{path}/{made['id']}").status_code == 204
        assert firm.admin.get(path, q=body["code"]).json["total"] == 0

    def test_what_history_names_can_be_made_inactive_only(
        self, firm: Firm, platform_rows: Database
    ) -> None:
        made = firm.admin.made("/dispositions", {"code": fresh("w"), "label": LABEL})
        _summary(platform_rows, firm.id, made["id"])
        answer = firm.admin.delete(f"/dispositions/{made['id']}")
        assert answer.json["error"]["details"] == {"by": "history"}


class TestOwnNumbers:
    def test_an_enterprise_sees_and_leads_its_own_numbers_alone(
        self, operator: Page, firm: Firm, rival: Firm, number: dict[str, Any]
    ) -> None:
        path = f"/access-numbers/{number['id']}"
        assert firm.admin.get(path).status_code == 404, "it is nobody's yet"
        operator.post(f"/operator/access-numbers/{number['id']}/bind", {"enterprise_id": firm.id})
        read = firm.admin.get(path)
        assert read.json["trunk"] is None, "trunks are the platform's"
        assert firm.admin.post(f"{path}/pause").json["status"] == "paused"
        assert firm.admin.post(f"{path}/enable").json["status"] == "enabled"
        service = firm.admin.made("/agent-services", {"name": fresh()})
        lead = {"kind": "agent_service", "target_id": service["id"]}
        stale = firm.admin.put(f"{path}/strategy", lead, read.json["version"])
        assert stale.status_code == 412
        led = firm.admin.put(f"{path}/strategy", lead).json
        assert led["strategy"]["target"]["id"] == service["id"]
        foreign = {"kind": "ivr_service", "target_id": service["id"]}
        assert firm.admin.put(f"{path}/strategy", foreign).status_code == 422
        for act in ("pause", "enable"):
            assert rival.admin.post(f"{path}/{act}").status_code == 404
        assert rival.admin.put(f"{path}/strategy", lead).status_code == 404
        listed = rival.admin.get("/access-numbers", page_size=200).json["items"]
        assert number["id"] not in {each["id"] for each in listed}


class TestOwnEnterprise:
    def test_the_administrator_changes_how_the_enterprise_shows_itself(
        self, web: Flask, operator: Page, number: dict[str, Any], trunk: dict[str, Any]
    ) -> None:
        own = register(web, operator, display_number_id=number["id"])
        body = {"number": new_number(), "trunk_id": trunk["id"]}
        free = operator.made("/operator/access-numbers", body)
        read = own.admin.get("/enterprise").json
        assert read["display_number"]["number"] == number["number"]
        assert "initial_users" not in read
        taking = own.admin.patch("/enterprise", {"display_number_id": free["id"]}, read["version"])
        assert set(taking.json["error"]["fields"]) == {"display_number_id"}
        body = {"name": "海蓝", "time_zone": "Asia/Urumqi", "display_number_id": None}
        changed = own.admin.patch("/enterprise", body, read["version"]).json
        assert (changed["name"], changed["display_number"]) == ("海蓝", None)
        assert own.admin.patch("/enterprise", body, read["version"]).status_code == 412
        code = own.admin.patch("/enterprise", {"code": "123456"}, changed["version"])
        assert set(code.json["error"]["fields"]) == {"code"}
        assert own.admin.get("/session").json["enterprise"]["time_zone"] == "Asia/Urumqi"


def test_pickers_find_colleagues_teams_and_services_by_name(firm: Firm, rival: Firm) -> None:
    team = firm.admin.made("/teams", {"name": "售后一组"})
    seat = firm.seat(name="周子墨")
    page = firm.page(seat["employee_code"])
    found = page.get("/directory/users", q="子墨").json["items"]
    assert [(one["id"], one["employee_code"]) for one in found] == [
        (seat["id"], seat["employee_code"])
    ]
    assert [team["name"] for team in page.get("/directory/teams", q="一组").json["items"]] == [
        "售后一组"
    ]
    service = firm.admin.made("/agent-services", {"name": "售后热线"})
    assert [one["name"] for one in page.get("/directory/services", q="热线").json["items"]] == [
        "售后热线"
    ]
    # A kept filter has no more than the id.
    for place, one in (("users", seat), ("teams", team), ("services", service)):
        by_id = page.get(f"/directory/{place}", q=one["id"]).json["items"]
        assert [each["id"] for each in by_id] == [one["id"]]
    assert rival.admin.get("/directory/users", q="子墨").json["items"] == []
    firm.admin.post(f"/seats/{seat['id']}/deactivate")
    assert firm.admin.get("/directory/users", q="子墨").json["total"] == 0


def test_the_log_shows_what_changed_and_no_secret(firm: Firm) -> None:
    seat = firm.seat()
    changes = {"auto_answer": True, "leg_form": "nailed_up"}
    firm.admin.patch(f"/seats/{seat['id']}", changes, seat["version"])
    found = firm.admin.get("/audit", q=seat["name"], action="user.change", sort="-at").json
    assert found["items"][0]["after"] == changes
    assert found["items"][0]["actor"]["employee_code"] == "admin"
    everything = firm.admin.get("/audit", page_size=200, entity="user").get_data(as_text=True)
    assert seat["one_time_password"] not in everything


def _summary(rows: Database, enterprise_id: str, disposition_id: str) -> None:
    with rows.begin(Scope.platform()) as session:
        session.add(
            CallSummary(
                call_id=new_id(),
                enterprise_id=enterprise_id,
                disposition_id=disposition_id,
                changed_at=SystemClock().now(),
            )
        )
