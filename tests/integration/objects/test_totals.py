"""What the numbers of a list come to: of all its pages, and of no more than its reader may see."""

from typing import Any

import pytest

from tests.integration.objects.firm import CLIENTS, Firm, clients, make
from tests.integration.objects.shaping import RECORDS, Shaping, a_field, a_pump
from tests.support.office import Caller

pytestmark = pytest.mark.integration

TOTALS = f"{RECORDS}/totals"
NUMBERS = [
    a_field("power", "integer", indexed=True),
    a_field("weight", "integer"),
    a_field("price", "money", settings={"places": 3}),
    a_field("worth", "formula", settings={"expression": "price * 2", "places": 2}),
    a_field("maker", indexed=True),
]


def of(answer: Any) -> dict[str, dict[str, Any]]:
    assert answer.status_code == 200, answer.json
    return {field.pop("key"): field for field in answer.json["fields"]}


@pytest.fixture
def three(pumps: Shaping, admin: Caller) -> None:
    """Pumps, of which one has no numbers."""
    pumps.published(*NUMBERS)
    a_pump(admin, power=750, weight=12, price="1200.500", maker="格兰富")
    a_pump(admin, power=-50, weight=3, price="0.125", maker="格兰富")
    a_pump(admin, maker="威乐")


def test_numbers_are_added_up_over_all_pages(three: None, admin: Caller) -> None:
    answer = admin.get(TOTALS, fields="power,weight,price,worth", page_size=1, page=2)
    assert answer.json["records"] == 3
    assert of(answer) == {
        "power": two("700", "350.00", "-50", "750"),
        "weight": two("15", "7.50", "3", "12"),
        "price": two("1200.625", "600.313", "0.125", "1200.500"),
        "worth": two("2401.25", "1200.63", "0.25", "2401.00"),
    }


def two(total: str, average: str, least: str, greatest: str) -> dict[str, Any]:
    return {"filled": 2, "sum": total, "average": average, "least": least, "greatest": greatest}


def test_they_follow_the_filters_and_the_search_of_the_list(three: None, admin: Caller) -> None:
    asked = {"fields": "power", "f.maker": "威乐"}
    nothing = {"filled": 0, "sum": None, "average": None, "least": None, "greatest": None}
    assert of(admin.get(TOTALS, **asked)) == {"power": nothing}
    assert (
        of(admin.get(TOTALS, **{"fields": "power", "f.power.from": "0"}))["power"]["sum"] == "750"
    )
    assert admin.get(TOTALS, fields="power", q="没有的").json["records"] == 0


@pytest.mark.parametrize("keys", ["maker", "unheard_of", "power,maker", "created_at"])
def test_only_numbers_are_added_up(three: None, admin: Caller, keys: str) -> None:
    answer = admin.get(TOTALS, fields=keys)
    assert answer.status_code == 422
    assert answer.json["error"]["fields"] == {"fields": ["没有这个字段。"]}


def test_nobody_adds_up_what_is_kept_from_him(firm: Firm, admin: Caller, agent: Caller) -> None:
    salary = a_field("salary", "integer", indexed=True, rights={"agent": "mask"})
    bonus = a_field("bonus", "integer", rights={"agent": "hide"})
    firm.keeps(clients(salary, bonus, a_field("calls", "integer")))
    make(agent, CLIENTS, "王秀兰", calls=3)
    path = f"{CLIENTS}/totals"
    for kept in ("salary", "bonus"):
        assert agent.get(path, fields=kept).status_code == 422
        assert admin.get(path, fields=kept).status_code == 200
        assert agent.get(path, **{"fields": "calls", f"f.{kept}": "1"}).status_code == 422
    assert of(agent.get(path, fields="calls"))["calls"]["sum"] == "3"


def test_records_out_of_reach_are_not_in_the_sum(
    firm: Firm, admin: Caller, agent: Caller, colleague: Caller, inspector: Caller
) -> None:
    firm.keeps(clients(a_field("calls", "integer")))
    make(agent, CLIENTS, "mine", calls=3)
    make(colleague, CLIENTS, "another's", calls=40)
    path = f"{CLIENTS}/totals"
    assert of(agent.get(path, fields="calls"))["calls"]["sum"] == "3"
    assert of(admin.get(path, fields="calls"))["calls"]["sum"] == "43"
    assert inspector.get(path, fields="calls").status_code == 403


def test_deleted_records_are_not_in_the_sum(three: None, admin: Caller) -> None:
    gone = a_pump(admin, power=10_000)
    assert admin.send("DELETE", f"{RECORDS}/{gone['id']}", version=1).status_code == 204
    assert of(admin.get(TOTALS, fields="power"))["power"]["sum"] == "700"
