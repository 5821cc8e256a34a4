"""Triggers send messages: with the change that fired them, once, to the record's own address."""

import pytest
from sqlalchemy import func, select

from callcenter.core.db import Database
from callcenter.messaging.models import Message
from tests.integration.messaging.sending import (
    MESSAGES,
    MOBILE,
    a_channel,
    by_mail,
    by_sms,
    deliver,
)
from tests.integration.objects.firm import CLIENTS, JOBS, Firm, clients, jobs, make
from tests.integration.objects.triggering import (
    Background,
    a_client,
    a_trigger,
)
from tests.integration.templates.making import a_template
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration

RUNS = "/design/objects/client/triggers/runs"
GREET = {"do": "message", "channel": "sms", "template": "letter", "field": "phone"}


@pytest.fixture
def greeting(admin: Caller, conf: Caller, firm: Firm, gateway, courier) -> None:
    a_channel(admin, by_sms(gateway))
    a_template(conf, text="{{ record.name }}，欢迎您")
    firm.keeps(a_client(a_trigger("greet", GREET, when="after", on=["create"])))


def test_a_new_client_is_greeted_once(
    greeting, admin: Caller, conf: Caller, background: Background, gateway, courier
) -> None:
    client = make(admin, CLIENTS, "王秀兰", phone=MOBILE)
    background.work()
    background.go_round()
    background.work()
    assert deliver(courier) == 1
    assert [call["content"] for call in gateway.calls] == ["【海蓝电器】王秀兰，欢迎您"]
    (sent,) = admin.get(MESSAGES, record_id=client).json["items"]
    assert (sent["source"], sent["template"], sent["object"]) == ("trigger", "letter", "client")
    ((step,),) = [run["steps"] for run in conf.get(RUNS).json["items"]]
    assert (step["do"], step["channel"], step["message_id"]) == ("message", "sms", sent["id"])


def test_who_has_no_address_is_passed_over(
    greeting,
    admin: Caller,
    conf: Caller,
    background: Background,
    database: Database,
    office: Office,
) -> None:
    make(admin, CLIENTS, "李四")
    background.work()
    (run,) = conf.get(RUNS).json["items"]
    assert (run["state"], run["steps"][0]["message_id"]) == ("done", None)
    with database.begin(office.scope()) as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 0


def test_a_channel_of_the_other_kind_or_none_fails_and_says_why(
    greeting, admin: Caller, conf: Caller, mail, background: Background
) -> None:
    made = admin.get("/message-channels").json["items"][0]
    admin.send("PATCH", f"/message-channels/{made['id']}", {"active": False}, version=1)
    make(admin, CLIENTS, "王秀兰", phone=MOBILE)
    background.work()
    (run,) = conf.get(RUNS).json["items"]
    assert (run["state"], run["message"]) == ("failed", "没有此通道，或通道已停用。")


def test_what_a_trigger_names_is_not_deleted(greeting, admin: Caller, mail) -> None:
    a_channel(admin, by_mail(mail))
    used, unused = admin.get("/message-channels", sort="-kind").json["items"]
    place = "/message-channels"
    refused = admin.send("DELETE", f"{place}/{used['id']}", version=used["version"])
    assert refused.json["error"]["details"] == {"by": "objects"}
    gone = admin.send("DELETE", f"{place}/{unused['id']}", version=unused["version"])
    assert gone.status_code == 204


TELL = {
    "do": "message", "channel": "sms", "template": "letter", "reference": "customer",
    "field": "phone",
}  # fmt: skip


def test_whom_a_reference_names_is_written_to_at_his_own_address(
    admin: Caller, conf: Caller, firm: Firm, background: Background, gateway, courier
) -> None:
    a_channel(admin, by_sms(gateway))
    a_template(conf, text="{{ record.name }}")
    told = a_trigger("tell", TELL, when="after", on=["create"])
    firm.keeps(clients(), jobs(triggers=[told]))
    client, gone = (make(admin, CLIENTS, name, phone=MOBILE) for name in ("王秀兰", "李四"))
    for customer in (client, gone, None):
        make(admin, JOBS, "维修", customer=customer)
    assert admin.send("DELETE", f"{CLIENTS}/{gone}", version=1).status_code == 204
    background.work()
    # Of whom nobody is named, or who is gone, nobody is told.
    assert deliver(courier) == 1
    assert [call["mobile"] for call in gateway.calls] == [MOBILE]
