"""Channels and messages that tests make."""

from typing import Any

from callcenter.messaging.tasks import Courier
from tests.support.mail_server import MailServer
from tests.support.office import Caller
from tests.support.sms_gateway import SmsGateway

CHANNELS, MESSAGES = "/message-channels", "/messages"
MOBILE = "13800000001"


def by_mail(mail: MailServer, **more: Any) -> dict[str, Any]:
    settings = {
        "host": mail.host, "port": mail.port, "security": "none", "user": "",
        "sender": "service@hailan.example", "sender_name": "海蓝电器", "signature": "海蓝电器",
    }  # fmt: skip
    return {"key": "mail", "name": "客服邮箱", "kind": "email", "email": {**settings, **more}}


def by_sms(gateway: SmsGateway, **more: Any) -> dict[str, Any]:
    settings = {
        "url": f"http://{gateway.place}/send", "method": "POST", "format": "json",
        "headers": {"X-Key": "{{secret}}"},
        "body": '{"mobile": "{{to}}", "content": "{{text}}", "id": "{{id}}"}',
        "success": {"by": "json", "path": "code", "value": "0"}, "id_path": "data.msgid",
        "price": "0.045", "signature": "海蓝电器", "allowed": ["+86"], "idempotent": False,
    }  # fmt: skip
    return {
        "key": "sms", "name": "验证短信", "kind": "sms", "secret": "s3cret",
        "sms": {**settings, **more},
    }  # fmt: skip


def a_channel(admin: Caller, body: dict[str, Any]) -> dict[str, Any]:
    answer = admin.post(CHANNELS, body)
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def send(caller: Caller, channel: str, *to: str, text: str = "您的报修已受理") -> list[str]:
    body = {"channel": channel, "to": [{"address": each} for each in to], "text": text}
    answer = caller.post(MESSAGES, body | {"subject": "受理回执"})
    assert answer.status_code == 202, answer.json
    ids: list[str] = answer.json["ids"]
    return ids


def deliver(courier: Courier) -> int:
    """All that waits; how many there were."""
    done = 0
    while claimed := courier.claim(10):
        for each in claimed:
            courier.deliver(each)
        done += len(claimed)
    return done


def message(caller: Caller, message_id: str) -> dict[str, Any]:
    answer = caller.get(f"{MESSAGES}/{message_id}")
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def state(caller: Caller, message_id: str) -> str:
    return str(message(caller, message_id)["state"])
