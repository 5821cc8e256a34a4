"""Channels: kept by the administrator; their secrets go in and never come out."""

import pytest
from sqlalchemy import select

from callcenter.core.audit import AuditEntry
from callcenter.core.db import Database
from callcenter.messaging.models import MessageChannel
from tests.integration.messaging.sending import (
    CHANNELS,
    MESSAGES,
    a_channel,
    by_mail,
    by_sms,
    deliver,
    message,
    send,
)
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration


def test_a_channel_is_made_changed_and_deleted_and_the_log_knows(
    admin: Caller, gateway, database: Database, office: Office
) -> None:
    made = a_channel(admin, by_sms(gateway))
    assert made["sms"]["price"] == "0.045"
    place = f"{CHANNELS}/{made['id']}"
    changed = admin.send("PATCH", place, {"name": "短信", "secret": "new"}, version=made["version"])
    assert changed.json["name"] == "短信"
    assert changed.json["sms"] == made["sms"]
    assert admin.send("PATCH", place, {"name": "x"}, version=made["version"]).status_code == 412
    version = changed.json["version"]
    assert admin.send("DELETE", place, version=version).status_code == 204
    with database.begin(office.scope()) as session:
        of_it = select(AuditEntry).where(AuditEntry.entity == "message_channel")
        entries = session.scalars(of_it.order_by(AuditEntry.id)).all()
    assert [entry.action.partition(".")[2] for entry in entries] == ["create", "change", "delete"]
    assert entries[1].after == {"name": "短信", "secret": "…"}


def test_a_secret_is_sealed_and_told_to_nobody(
    admin: Caller, gateway, database: Database, office: Office
) -> None:
    made = a_channel(admin, by_sms(gateway))
    assert made["has_secret"] is True
    assert "s3cret" not in admin.get(CHANNELS).text
    with database.begin(office.scope()) as session:
        (kept,) = session.scalars(select(MessageChannel.secret))
    assert kept.startswith("1.")
    assert "s3cret" not in kept
    none = {"secret": ""}
    place = f"{CHANNELS}/{made['id']}"
    assert admin.send("PATCH", place, none, version=made["version"]).json["has_secret"] is False


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "ftp://x.example/"}, "url"), ({"url": "https://{{to}}.example/{{text}}"}, "url"),
        ({"body": "{}"}, "body"), ({"price": "0,04"}, "price"), ({"allowed": ["86"]}, "allowed.0"),
        ({"headers": {"Host": "x"}}, "headers"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused_at_its_field(admin: Caller, gateway, changes, field) -> None:
    answer = admin.post(CHANNELS, by_sms(gateway, **changes))
    assert answer.status_code == 422
    assert f"sms.{field}" in answer.json["error"]["fields"]


def test_a_password_does_not_travel_in_clear_text(admin: Caller, mail) -> None:
    answer = admin.post(CHANNELS, by_mail(mail, user="service"))
    assert answer.json["error"]["fields"] == {
        "email.security": ["使用用户名和密码时，连接必须加密。"]
    }


def test_settings_of_the_other_kind_and_a_key_twice_are_refused(
    admin: Caller, mail, gateway
) -> None:
    both = {**by_mail(mail), "sms": by_sms(gateway)["sms"]}
    assert admin.post(CHANNELS, both).status_code == 422
    a_channel(admin, by_mail(mail))
    assert "key" in admin.post(CHANNELS, by_mail(mail)).json["error"]["fields"]


def test_only_the_administrator_keeps_them_and_others_know_names_alone(
    admin: Caller, conf: Caller, agent: Caller, leader: Caller, stranger: Caller, mail
) -> None:
    made = a_channel(admin, by_mail(mail))
    for caller in (conf, agent, leader):
        assert caller.get(CHANNELS).status_code == 403
    choice = {
        "key": "mail", "name": "客服邮箱", "kind": "email", "price": "", "signature": "",
        "closing": "海蓝电器", "closing_html": "<p>海蓝电器</p>", "signed": True,
    }  # fmt: skip
    assert conf.get(f"{CHANNELS}/choices").json == [choice]
    assert leader.get(f"{CHANNELS}/choices").json == [choice]
    assert agent.get(f"{CHANNELS}/choices").status_code == 403
    assert stranger.get(f"{CHANNELS}/{made['id']}").status_code == 404
    assert stranger.get(CHANNELS).json["total"] == 0


def test_one_that_was_used_is_kept(admin: Caller, mail, courier) -> None:
    made = a_channel(admin, by_mail(mail))
    send(admin, "mail", "a@b.example")
    refused = admin.send("DELETE", f"{CHANNELS}/{made['id']}", version=made["version"])
    assert refused.json["error"]["details"] == {"by": "messages"}


def test_a_channel_is_tried_with_one_message(admin: Caller, mail, courier) -> None:
    made = a_channel(admin, by_mail(mail))
    place = f"{CHANNELS}/{made['id']}/try"
    wrong = admin.post(place, {"to": MESSAGES, "text": "x"})
    assert [*wrong.json["error"]["fields"]] == ["to"]
    (sent,) = admin.post(place, {"to": "me@hailan.example", "text": "到了吗"}).json["ids"]
    assert deliver(courier) == 1
    found = message(admin, sent)
    assert (found["state"], found["source"]) == ("sent", "test")
    assert mail.taken[0]["Subject"] == "测试消息"
