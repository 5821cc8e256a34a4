"""The history of a record: in pages, by field and by person, with a line for every act."""

import pytest

from tests.integration.objects.people import a_customer, change, history, place
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration


def test_it_comes_in_pages_the_newest_first(agent: Caller) -> None:
    record = a_customer(agent)
    for devices in range(1, 5):
        record = change(agent, record, devices=devices)
    page = agent.get(f"{place(record)}/log", page=2, page_size=2).json
    assert (page["total"], page["page"], len(page["items"])) == (5, 2, 2)
    told = [line["changes"][0]["after"] for line in page["items"]]
    assert told == ["2", "1"]


def test_it_is_filtered_by_field_person_and_act(
    agent: Caller, leader: Caller, office: Office
) -> None:
    record = change(leader, a_customer(agent), devices=3)
    record = change(agent, record, address="香港中路 1 号")
    by_field = history(agent, record, field="devices")
    assert [line["action"] for line in by_field] == ["update"]
    leaders = str(office.people["leader"].user_id)
    assert [line["actor"]["name"] for line in history(agent, record, actor_id=leaders)] == ["沈慧"]
    assert len(history(agent, record, action="create")) == 1
    assert history(agent, record, field="devices", action="create") == []


@pytest.mark.parametrize(
    "query", [{"field": "nothing"}, {"actor_id": "me"}, {"action": "fly"}, {"sort": "actor_id"}]
)
def test_what_it_is_not_filtered_by_is_refused(agent: Caller, query: dict[str, str]) -> None:
    record = a_customer(agent)
    assert agent.get(f"{place(record)}/log", **query).status_code == 422


def test_the_definition_says_whether_a_page_shows_it(agent: Caller) -> None:
    assert agent.get("/objects/customer").json["log_tab"] is True
