"""The log: who sees what of it, what it adds up to, and what may be done about a message."""

import pytest

from callcenter.core.ids import new_id
from tests.integration.messaging.sending import (
    MESSAGES,
    MOBILE,
    a_channel,
    by_mail,
    by_sms,
    deliver,
    message,
    send,
    state,
)
from tests.integration.objects.firm import CLIENTS, Firm, make
from tests.integration.objects.triggering import a_client
from tests.integration.templates.making import a_template
from tests.support.office import Caller

pytestmark = pytest.mark.integration
MANY_RECORDS = [{"record_id": str(new_id()), "field": "phone"}] * 51


@pytest.fixture
def both(admin: Caller, mail, gateway) -> None:
    a_channel(admin, by_sms(gateway))
    a_channel(admin, by_mail(mail))


def test_it_is_filtered_and_added_up(both, admin: Caller, gateway, courier) -> None:
    gateway.acts = ["refuse"]
    send(admin, "sms", MOBILE)
    deliver(courier)
    send(admin, "sms", "13900000002", text="好" * 100)
    send(admin, "mail", "wang@b.example")
    deliver(courier)
    assert admin.get(MESSAGES).json["total"] == 3
    for query, count in [
        ({"kind": "sms"}, 2), ({"state": "failed"}, 1), ({"q": "13900000002"}, 1),
        ({"q": "9000000"}, 0), ({"q": "报修"}, 2), ({"source": "trigger"}, 0),
        ({"until": "2026-11-24T01:00:00Z"}, 0),
    ]:  # fmt: skip
        assert admin.get(MESSAGES, **query).json["total"] == count, query
        assert admin.get(f"{MESSAGES}/totals", **query).json["total"] == count, query
    told = admin.get(f"{MESSAGES}/totals", kind="sms").json
    assert (told["parts"], told["cost"]) == (3, "0.0900")
    assert {each["state"]: each["count"] for each in told["states"]} == {"failed": 1, "sent": 1}


def test_whoever_may_not_see_numbers_sees_them_masked(
    both, admin: Caller, conf: Caller, courier
) -> None:
    ids = [*send(admin, "sms", MOBILE), *send(admin, "mail", "wang@b.example")]
    assert [message(admin, each)["to"] for each in ids] == ["138 0000 0001", "wang@b.example"]
    assert [message(conf, each)["to"] for each in ids] == ["138 **** 0001", "w***@b.example"]


def test_what_waits_is_called_off_and_what_is_over_goes_again(both, admin: Caller, courier) -> None:
    first, second = send(admin, "sms", MOBILE, MOBILE)
    assert admin.post(f"{MESSAGES}/{first}/cancel").json["state"] == "cancelled"
    assert deliver(courier) == 1
    refused = admin.post(f"{MESSAGES}/{second}/cancel").json["error"]
    assert (refused["code"], refused["details"]) == ("sending-state", {"state": "sent"})
    assert admin.post(f"{MESSAGES}/{second}/again").status_code == 409
    assert admin.post(f"{MESSAGES}/{first}/again").json["state"] == "queued"
    deliver(courier)
    assert state(admin, first) == "sent"


def test_rights(both, admin: Caller, agent: Caller, leader: Caller, stranger: Caller) -> None:
    (sent,) = send(leader, "sms", MOBILE)
    assert agent.get(MESSAGES).status_code == 403
    body = {"channel": "sms", "to": [{"address": MOBILE}], "text": "x"}
    assert agent.post(MESSAGES, body).status_code == 403
    assert stranger.get(f"{MESSAGES}/{sent}").status_code == 404
    assert stranger.post(f"{MESSAGES}/{sent}/cancel").status_code == 404
    assert stranger.post(MESSAGES, body).status_code == 422


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"channel": "none"}, "channel"), ({"text": None}, "text"), ({"template": "t"}, "text"),
        ({"to": [{"address": "10086"}]}, "to.0"), ({"to": [{"address": "+44 7911 123456"}]}, "to.0"),
        ({"text": "好" * 700}, "to.0"), ({"to": [{}]}, "to.0.address"), ({"to": []}, "to"),
        ({"text": None, "template": "t", "object": "client", "to": MANY_RECORDS}, "to"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused_at_its_field(both, admin: Caller, changes, field) -> None:
    body = {"channel": "sms", "to": [{"address": MOBILE}], "text": "x", **changes}
    answer = admin.post(MESSAGES, body)
    assert answer.status_code == 422
    assert [*answer.json["error"]["fields"]] == [field]


def test_a_repeated_request_sends_once(both, admin: Caller, courier) -> None:
    body = {"channel": "sms", "to": [{"address": MOBILE}], "text": "x"}
    answers = [admin.post(MESSAGES, body, key="one-and-the-same") for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert deliver(courier) == 1


def test_a_template_is_rendered_for_each_record_and_sent_to_its_own_number(
    both, admin: Caller, conf: Caller, firm: Firm, gateway, courier
) -> None:
    firm.keeps(a_client())
    a_template(conf, text="{{ record.name }}，您好")
    ids = [
        make(admin, CLIENTS, name, phone=number)
        for name, number in (("王秀兰", MOBILE), ("李四", "13900000002"))
    ]
    to = [{"record_id": each, "field": "phone"} for each in ids]
    body = {"channel": "sms", "to": to, "object": "client", "template": "letter"}
    answer = admin.post(MESSAGES, body)
    assert answer.status_code == 202, answer.json
    deliver(courier)
    texts = sorted((call["mobile"], call["content"]) for call in gateway.calls)
    assert texts == [
        (MOBILE, "【海蓝电器】王秀兰，您好"),
        ("13900000002", "【海蓝电器】李四，您好"),
    ]
    assert admin.get(MESSAGES, record_id=ids[0]).json["total"] == 1
