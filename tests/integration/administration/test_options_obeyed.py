"""What an operator ticks for an enterprise holds for everybody there, on the server."""

from uuid import UUID

import pytest
from flask import Flask

from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.telephony.directory import load_directory
from callcenter.tenancy.service import Options
from tests.support.firms import Firm, Page, register

pytestmark = pytest.mark.integration


class Switched:
    """An enterprise with one option off, and an agent's page of it."""

    def __init__(self, web: Flask, operator: Page, option: str) -> None:
        self.firm: Firm = register(web, operator, options={option: False})
        self.agent = self.firm.page(self.firm.seat()["employee_code"])

    def may(self, permission: str) -> bool:
        return permission in self.agent.get("/session").json["permissions"]


def code_of(answer: object) -> tuple[int, str]:
    return answer.status_code, answer.json["error"]["code"]


def test_without_calls_out_nobody_dials(web: Flask, operator: Page) -> None:
    switched = Switched(web, operator, "outbound")
    assert not switched.may("calls.dial")
    dialled = switched.agent.post("/calls", {"number": "13800000001"})
    assert code_of(dialled) == (403, "forbidden")
    assert code_of(switched.firm.admin.get("/calling-tasks")) == (403, "forbidden")
    assert switched.may("calls.handle")


def test_without_calling_tasks_calls_are_still_placed_by_hand(web: Flask, operator: Page) -> None:
    switched = Switched(web, operator, "calling_tasks")
    assert switched.may("calls.dial")
    for page in (switched.agent, switched.firm.admin):
        assert code_of(page.get("/calling-tasks")) == (403, "forbidden")
    assert switched.agent.get("/console/work").json["calling_tasks"] == []


def test_without_the_appointments_menu_there_are_none(web: Flask, operator: Page) -> None:
    switched = Switched(web, operator, "appointments_menu")
    assert code_of(switched.agent.get("/appointments")) == (403, "forbidden")
    assert switched.agent.get("/console/work").json["appointments"] == []


def test_numbers_are_masked_for_agents_unless_the_enterprise_shows_them(
    web: Flask, operator: Page, agent: Page
) -> None:
    assert "numbers.unmasked" not in agent.get("/session").json["permissions"]
    assert Switched(web, operator, "masked_numbers").may("numbers.unmasked")


def test_telephony_knows_the_options_of_each_enterprise(
    web: Flask, operator: Page, firm: Firm, agent: Page, platform_rows: Database
) -> None:
    open_house = Switched(web, operator, "masked_numbers").firm
    silent = Switched(web, operator, "outbound").firm
    directory = load_directory(platform_rows)
    shows = {str(seat.enterprise_id): seat.sees_numbers for seat in directory.seats.values()
             if seat.role == "agent"}  # fmt: skip
    assert (shows[open_house.id], shows[firm.id]) == (True, False)
    enterprises = {str(e): e for e in directory.plan.enterprises}
    assert not directory.option(enterprises[silent.id], "outbound")
    assert directory.option(enterprises[firm.id], "outbound")


def test_an_option_read_for_one_is_as_read_for_all(
    web: Flask, operator: Page, firm: Firm, platform_rows: Database
) -> None:
    other = register(web, operator, options={"outbound": False})
    with platform_rows.begin(Scope.platform()) as session:
        options, of = Options(), Options().by_enterprise(session)
        for one in (firm, other):
            assert of(_id(one)) == options.of(session, _id(one))
        assert of(_id(other))["outbound"] is False


def _id(firm: Firm) -> UUID:
    return UUID(firm.id)
