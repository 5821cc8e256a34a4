"""Records that look like the one being entered: a hint by the rules of the definition."""

import pytest

from tests.integration.objects.people import a_customer, delete
from tests.integration.objects.shaping import Shaping, a_field, a_pump
from tests.support.office import Caller

pytestmark = pytest.mark.integration

ALIKE = "/objects/customer/duplicates"


def alike(caller: Caller, at: str = ALIKE, **entered: str) -> list[dict]:
    but = {"but": entered.pop("but")} if "but" in entered else {}
    answer = caller.get(at, **{f"f.{key}": text for key, text in entered.items()}, **but)
    assert answer.status_code == 200, answer.json
    return answer.json


@pytest.mark.parametrize("number", ["13800006207", "013800006207", "+86 138 0000 6207"])
def test_a_number_is_found_in_any_of_its_forms_and_fields(agent: Caller, number: str) -> None:
    record = a_customer(agent)
    for field in ("phone", "phone2"):
        (found,) = alike(agent, **{field: number})
        assert found["id"] == record["id"]
        assert found["fields"] == ["phone"]


def test_a_name_is_found_by_its_sound_as_a_whole(agent: Caller) -> None:
    a_customer(agent, name="王秀兰")
    a_customer(agent, name="王秀兰花")
    assert [one["title"] for one in alike(agent, name="汪秀蓝")] == ["王秀兰"]
    assert alike(agent, name="王") == []


def test_numbers_come_before_names_and_nobody_twice(agent: Caller) -> None:
    a_customer(agent, name="王秀岚", phone="13900001111")
    both = a_customer(agent, name="王秀兰", phone="13800006207")
    found = alike(agent, name="王秀兰", phone="13800006207")
    assert [one["title"] for one in found] == ["王秀兰", "王秀岚"]
    assert (found[0]["id"], found[0]["fields"]) == (both["id"], ["phone", "name"])


def test_the_record_itself_and_the_deleted_are_not_alike(agent: Caller, admin: Caller) -> None:
    record = a_customer(agent)
    assert alike(agent, phone="13800006207", but=record["id"]) == []
    delete(admin, record)
    assert alike(agent, phone="13800006207") == []


def test_what_is_half_typed_or_masked_asks_nothing(agent: Caller) -> None:
    a_customer(agent)
    assert alike(agent, phone="138") == []
    assert alike(agent, phone="138 **** 6207") == []
    assert alike(agent, name="  ") == []


def test_a_field_that_is_not_there_is_refused(agent: Caller) -> None:
    assert agent.get(ALIKE, **{"f.nothing": "x"}).status_code == 422
    assert agent.get(ALIKE, name="x").status_code == 422


def test_no_more_than_five_are_told(agent: Caller) -> None:
    for _ in range(7):
        a_customer(agent)
    assert len(alike(agent, phone="13800006207")) == 5


def test_another_enterprises_records_are_not_alike(agent: Caller, stranger: Caller) -> None:
    a_customer(agent)
    assert alike(stranger, phone="13800006207", name="王秀兰") == []


def test_a_rule_holds_only_where_all_of_its_fields_agree(pumps: Shaping, conf: Caller) -> None:
    fields = (a_field("plate", indexed=True), a_field("site", indexed=True))
    pumps.fields(*fields)
    document = pumps.document | {"duplicates": [{"fields": ["plate", "site"], "how": "exact"}]}
    pumps.save(document)
    assert pumps.publish().status_code == 200
    a_pump(conf, plate="A1", site="north")
    path = "/objects/pump/duplicates"
    assert len(alike(conf, path, plate="A1", site="north")) == 1
    assert alike(conf, path, plate="A1", site="south") == []
    assert alike(conf, path, plate="A1") == []


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"fields": ["nothing"], "how": "exact"}, "没有这个字段。"),
        ({"fields": ["plate"], "how": "exact"}, "只能比较建了索引、唯一或可搜索的字段。"),
        ({"fields": ["plate"], "how": "pinyin"}, "按读音只能比较可搜索的单行文本。"),
        ({"fields": ["name"], "how": "phone"}, "这种方式只能比较电话号码。"),
    ],
)
def test_a_rule_that_cannot_hold_is_a_contradiction(
    pumps: Shaping, rule: dict, message: str
) -> None:
    pumps.fields(a_field("plate"))
    answer = pumps.save(pumps.document | {"duplicates": [rule]})
    assert answer["problems"] == [{"path": "duplicates.0", "message": message}]
    assert pumps.publish().status_code == 422
