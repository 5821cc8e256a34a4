"""Records over HTTP: every route with its happy path and its refusals."""

import pytest

from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration

CUSTOMERS = "/objects/customer/records"
ORDERS = "/objects/work_order/records"


def make_customer(caller: Caller, **values: object) -> dict:
    given = {"name": "王秀兰", "phone": "13800006207", **values}
    answer = caller.post(CUSTOMERS, {"values": given})
    assert answer.status_code == 201, answer.json
    return answer.json


def make_order(caller: Caller, **values: object) -> dict:
    given = {
        "business_type": "repair_heater_leak",
        "product": "jsq16e",
        "description": "热水器底部漏水",
        **values,
    }
    answer = caller.post(ORDERS, {"values": given})
    assert answer.status_code == 201, answer.json
    return answer.json


def test_a_definition_tells_everything_a_form_needs(agent: Caller) -> None:
    listed = agent.get("/objects").json
    assert [each["identifier"] for each in listed] == ["customer", "work_order"]
    definition = agent.get("/objects/work_order").json
    business = next(f for f in definition["fields"] if f["key"] == "business_type")
    assert business["type"] == "cascade"
    assert {"value", "label", "color", "parent", "active"} <= set(business["options"][0])
    assert definition["groups"][0]["fields"][0] == "number"
    assert definition["list"]["columns"][0] == "number"
    may = {"create": True, "read": True, "edit": True, "delete": False}
    permissions = {**may, "export": False, "import": False}
    assert definition["permissions"] == permissions


def test_an_unknown_object_is_not_found(agent: Caller) -> None:
    assert agent.get("/objects/nothing").status_code == 404
    assert agent.get("/objects/nothing/records").status_code == 404


def test_a_record_gets_its_number_defaults_and_author(leader: Caller) -> None:
    record = make_customer(leader)
    assert record["key"] == "KH00000001"
    assert record["title"] == "王秀兰"
    assert record["values"]["level"] == "normal"
    assert record["display"]["level"] == "普通客户"
    assert record["created_by"]["name"] == "沈慧"
    assert record["version"] == 1


def test_numbers_of_a_day_follow_each_other_without_a_gap(agent: Caller) -> None:
    keys = [make_order(agent)["key"] for _ in range(3)]
    assert keys == ["GD2026112400001", "GD2026112400002", "GD2026112400003"]


def test_a_refused_record_leaves_no_gap(agent: Caller) -> None:
    make_order(agent)
    refused = agent.post(ORDERS, {"values": {"description": "x"}})
    assert refused.status_code == 422
    assert make_order(agent)["key"] == "GD2026112400002"


def test_every_wrong_field_is_named_in_the_users_language(agent: Caller) -> None:
    values = {
        "name": "",
        "phone": "not a number",
        "level": "platinum",
        "devices": -1,
        "email": "nobody",
        "since": "yesterday",
        "owner": "00000000-0000-7000-8000-000000000000",
        "nothing": 1,
        "number": "KH1",
    }
    answer = agent.post(CUSTOMERS, {"values": values})
    assert answer.status_code == 422
    fields = answer.json["error"]["fields"]
    assert set(fields) == set(values)
    assert fields["name"] == ["必填。"]
    assert fields["devices"] == ["请填写 0 至 9999 之间的数。"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", 5),
        ("name", "x" * 61),
        ("name", "a\nb"),
        ("name", "a\x00b"),
        ("name", "\ud83d"),
        ("gender", ["male"]),
        ("tags", "vip"),
        ("tags", ["vip", "unknown"]),
        ("devices", True),
        ("devices", "3"),
        ("devices", 2**70),
        ("since", 20261124),
        ("region", "shandong"),
        ("owner", {"id": 1}),
        ("notes", "长" * 2001),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(agent: Caller, field: str, value: object) -> None:
    answer = agent.post(
        CUSTOMERS, {"values": {"name": "王秀兰", "phone": "13800006207", field: value}}
    )
    assert answer.status_code == 422, answer.json
    assert list(answer.json["error"]["fields"]) == [field]


def test_rare_characters_and_emoji_survive(leader: Caller) -> None:
    record = make_customer(leader, name="𠮷野家😀", notes="第一行\n第二行 🦊")
    read = leader.get(f"{CUSTOMERS}/{record['id']}").json
    assert read["values"]["name"] == "𠮷野家😀"
    assert read["values"]["notes"] == "第一行\n第二行 🦊"
    assert leader.get(CUSTOMERS, q="𠮷野").json["total"] == 1


def test_an_agent_never_receives_a_whole_number(agent: Caller, leader: Caller) -> None:
    record = make_customer(leader, phone2="0532-88886641")
    answers = [
        agent.get(f"{CUSTOMERS}/{record['id']}"),
        agent.get(CUSTOMERS),
        agent.get(CUSTOMERS, q="13800006207"),
        agent.get(f"{CUSTOMERS}/{record['id']}/log"),
    ]
    for answer in answers:
        assert answer.status_code == 200
        text = answer.get_data(as_text=True)
        assert "13800006207" not in text
        assert "138 0000 6207" not in text
        assert "88886641" not in text
    shown = answers[0].json
    assert shown["values"]["phone"] == "138 **** 6207"
    assert shown["masked"] == ["phone", "phone2"]
    assert leader.get(f"{CUSTOMERS}/{record['id']}").json["display"]["phone"] == "138 0000 6207"


def test_a_mask_is_not_bypassed_by_search_filter_or_sort(agent: Caller, leader: Caller) -> None:
    make_customer(leader)
    assert agent.get(CUSTOMERS, q="0000620").json["total"] == 0
    assert leader.get(CUSTOMERS, q="0000620").json["total"] == 1
    assert agent.get(CUSTOMERS, sort="phone").status_code == 422
    assert agent.get(CUSTOMERS, **{"f.phone.from": "13800000000"}).status_code == 422
    assert agent.get(CUSTOMERS, q="13800006207").json["total"] == 1


def test_a_mask_sent_back_does_not_overwrite_the_number(agent: Caller, leader: Caller) -> None:
    record = make_customer(leader)
    path = f"{CUSTOMERS}/{record['id']}"
    values = {"name": "王秀梅", "phone": "138 **** 6207"}
    answer = agent.send("PATCH", path, {"values": values}, version=1)
    assert answer.status_code == 200, answer.json
    read = leader.get(path).json
    assert (read["values"]["name"], read["values"]["phone"]) == ("王秀梅", "13800006207")


def test_an_update_carries_its_etag_and_a_stale_one_is_refused(agent: Caller) -> None:
    record = make_customer(agent)
    path = f"{CUSTOMERS}/{record['id']}"
    assert agent.get(path).headers["ETag"] == '"1"'
    first = agent.send("PATCH", path, {"values": {"address": "香港中路 1 号"}}, version=1)
    assert first.headers["ETag"] == '"2"'
    stale = agent.send("PATCH", path, {"values": {"address": "别处"}}, version=1)
    assert (stale.status_code, stale.json["error"]["code"]) == (412, "stale")
    missing = agent.send("PATCH", path, {"values": {"address": "别处"}})
    assert missing.status_code == 428
    assert agent.get(path).json["values"]["address"] == "香港中路 1 号"


def test_a_required_field_cannot_be_emptied_later(agent: Caller) -> None:
    record = make_customer(agent)
    path = f"{CUSTOMERS}/{record['id']}"
    answer = agent.send("PATCH", path, {"values": {"name": None}}, version=1)
    assert answer.json["error"]["fields"] == {"name": ["必填。"]}


def test_the_log_tells_who_changed_what(agent: Caller, leader: Caller) -> None:
    record = make_customer(agent)
    path = f"{CUSTOMERS}/{record['id']}"
    leader.send("PATCH", path, {"values": {"level": "gold", "phone2": "13900001111"}}, version=1)
    log = leader.get(f"{path}/log").json["items"]
    assert [entry["action"] for entry in log] == ["update", "create"]
    assert log[0]["actor"]["name"] == "沈慧"
    changes = {change["field"]: change for change in log[0]["changes"]}
    assert (changes["level"]["before"], changes["level"]["after"]) == ("普通客户", "金卡会员")
    assert changes["phone2"]["after"] == "139 0000 1111"
    masked = agent.get(f"{path}/log").json["items"][0]["changes"]
    assert {c["field"]: c["after"] for c in masked}["phone2"] == "139 **** 1111"


def test_only_who_may_delete_does(agent: Caller, admin: Caller) -> None:
    record = make_customer(agent)
    path = f"{CUSTOMERS}/{record['id']}"
    assert agent.send("DELETE", path, version=1).status_code == 403
    assert admin.send("DELETE", path, version=7).status_code == 412
    assert admin.send("DELETE", path, version=1).status_code == 204
    assert admin.get(path).status_code == 404
    assert admin.get(CUSTOMERS).json["total"] == 0


def test_an_inspector_reads_but_does_not_write(inspector: Caller, agent: Caller) -> None:
    record = make_customer(agent)
    assert inspector.get(f"{CUSTOMERS}/{record['id']}").status_code == 200
    answer = inspector.post(CUSTOMERS, {"values": {"name": "x", "phone": "13800000001"}})
    assert answer.status_code == 403


def test_another_enterprises_record_does_not_exist(agent: Caller, stranger: Caller) -> None:
    record = make_customer(agent)
    path = f"{CUSTOMERS}/{record['id']}"
    assert stranger.get(path).status_code == 404
    assert stranger.get(f"{path}/log").status_code == 404
    assert stranger.send("PATCH", path, {"values": {"name": "x"}}, version=1).status_code == 404
    assert stranger.send("DELETE", path, version=1).status_code == 404
    assert stranger.get(CUSTOMERS).json["total"] == 0


def test_a_reference_to_another_enterprises_record_is_refused(
    agent: Caller, stranger: Caller, other: Office
) -> None:
    theirs = make_customer(stranger)
    values = {"business_type": "consult_use", "product": "other", "description": "x"}
    answer = agent.post(ORDERS, {"values": {**values, "customer": theirs["id"]}})
    assert list(answer.json["error"]["fields"]) == ["customer"]
    their_agent = str(other.people["agent"].user_id)
    answer = agent.post(ORDERS, {"values": {**values, "assignee": their_agent}})
    assert list(answer.json["error"]["fields"]) == ["assignee"]


def test_a_reference_shows_its_title(agent: Caller, office: Office) -> None:
    customer = make_customer(agent)
    user_id = str(office.people["colleague"].user_id)
    order = make_order(agent, customer=customer["id"], assignee=user_id)
    assert order["display"]["customer"] == "王秀兰"
    assert order["display"]["assignee"] == "周子墨"
    assert order["display"]["business_type"] == "报修 / 热水器 / 漏水"


def test_a_repeated_request_makes_one_record(agent: Caller) -> None:
    body = {"values": {"name": "王秀兰", "phone": "13800006207"}}
    first = agent.post(CUSTOMERS, body, key="key-00000001")
    again = agent.post(CUSTOMERS, body, key="key-00000001")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert first.headers["ETag"] == again.headers["ETag"] == '"1"'
    assert agent.get(CUSTOMERS).json["total"] == 1
    other_body = {"values": {"name": "李强", "phone": "13800006207"}}
    reused = agent.post(CUSTOMERS, other_body, key="key-00000001")
    assert (reused.status_code, reused.json["error"]["code"]) == (422, "idempotency-key-reused")


def test_names_are_found_by_character_sound_and_initials(agent: Caller) -> None:
    make_customer(agent)
    make_customer(agent, name="张丽")
    for text in ("秀兰", "wangxiulan", "wxl", "xiulan", "KH00000001"):
        found = agent.get(CUSTOMERS, q=text).json
        assert [record["title"] for record in found["items"]] == ["王秀兰"], text
    assert agent.get(CUSTOMERS, q="100%").json["total"] == 0


def test_lists_page_sort_and_filter(agent: Caller) -> None:
    for name, level in (("甲", "gold"), ("乙", "silver"), ("丙", "gold")):
        make_customer(agent, name=name, level=level)
    page = agent.get(CUSTOMERS, sort="name", page=2, page_size=2).json
    assert (page["total"], len(page["items"])) == (3, 1)
    assert agent.get(CUSTOMERS, **{"f.level": "gold"}).json["total"] == 2
    assert agent.get(CUSTOMERS, **{"f.level": "gold,silver"}).json["total"] == 3
    newest = agent.get(CUSTOMERS, sort="-number", page_size=1).json["items"]
    assert newest[0]["title"] == "丙"


def test_a_list_carries_the_values_that_are_asked_for_and_what_names_a_record(
    leader: Caller,
) -> None:
    made = make_customer(leader, address="徐汇区漕溪北路 1 号")
    (whole,) = leader.get(CUSTOMERS).json["items"]
    (asked,) = leader.get(CUSTOMERS, fields="phone,level,nobody_knows").json["items"]
    assert whole["values"] == made["values"]
    assert {"number", "name", "phone", "level"} <= set(asked["values"])
    assert not {"address", "nobody_knows"} & set(asked["values"])
    values = {key: made["values"][key] for key in asked["values"]}
    display = {key: text for key, text in made["display"].items() if key in values}
    assert asked == whole | {"values": values, "display": display}


@pytest.mark.parametrize(
    "query",
    [
        {"sort": "extra"},
        {"sort": "name;drop table"},
        {"f.nothing": "1"},
        {"f.notes": "x"},
        {"f.level.more": "x"},
        {"enterprise_id": "1"},
        {"f.since": "soon"},
        {"page": "0"},
        {"page_size": "5000"},
        {"q": "x" * 101},
    ],
)
def test_what_the_list_does_not_know_is_refused(agent: Caller, query: dict) -> None:
    answer = agent.get(CUSTOMERS, **query)
    assert answer.status_code == 422, answer.json
    assert answer.json["error"]["fields"]


def test_values_of_a_form_cannot_reach_columns_of_the_system(agent: Caller) -> None:
    values = {"name": "x", "phone": "13800000001", "enterprise_id": "1", "version": 9, "extra": {}}
    answer = agent.post(CUSTOMERS, {"values": values})
    assert set(answer.json["error"]["fields"]) == {"enterprise_id", "version", "extra"}


def test_a_body_that_is_no_record_is_refused(agent: Caller) -> None:
    for body in ({}, {"values": []}, {"values": {}, "id": "1"}, []):
        assert agent.post(CUSTOMERS, body).status_code == 422
