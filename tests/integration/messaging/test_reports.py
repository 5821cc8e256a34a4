"""Gateways tell later whether a message arrived: of their own channel alone, as often as they like."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from redis import Redis

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.messaging.models import MessageChannel
from callcenter.messaging.reports import hashed
from callcenter.messaging.service import reporting
from callcenter.messaging.service.reporting import REFUSED
from tests.integration.messaging.sending import (
    CHANNELS,
    MESSAGES,
    MOBILE,
    a_channel,
    by_sms,
    deliver,
    message,
    send,
    state,
)
from tests.support.office import NOW, Caller, Door, Office

pytestmark = pytest.mark.integration

REPORTS = {
    "id_path": "msgid", "status_path": "status", "delivered": ["DELIVRD"],
    "waiting": ["ACCEPTD"], "reason_path": "desc",
}  # fmt: skip


class Provider:
    """Who calls the address, without any sign of a person."""

    def __init__(self, app: Flask, path: str) -> None:
        self._client = app.test_client()
        self.path = path

    def tells(self, *reports: dict[str, Any], ip: str = "203.0.113.7") -> Any:
        body = json.dumps(reports)
        return self._client.post(self.path, data=body, headers={"X-Real-IP": ip})

    def asks(self, **values: str) -> Any:
        return self._client.get(self.path, query_string=values)


def an_address(admin: Caller, app: Flask, channel: dict[str, Any]) -> Provider:
    path = f"{CHANNELS}/{channel['id']}/report-address"
    made = admin.post(path, version=channel["version"])
    assert made.status_code == 201, made.json
    assert made.headers["Cache-Control"] == "no-store"
    return Provider(app, made.json["path"])


@pytest.fixture
def channel(admin: Caller, gateway) -> dict[str, Any]:
    return a_channel(admin, by_sms(gateway, reports=REPORTS))


@pytest.fixture
def provider(admin: Caller, app: Flask, channel: dict[str, Any]) -> Provider:
    return an_address(admin, app, channel)


@pytest.fixture(autouse=True)
def uncounted(redis: Redis) -> Iterator[None]:
    yield
    for key in redis.scan_iter("*delivery_reports*"):
        redis.delete(key)


def test_a_message_is_told_to_have_arrived_or_not(
    admin: Caller, courier, provider: Provider, clock: ManualClock
) -> None:
    good, bad, open_ = send(admin, "sms", MOBILE, "13800000002", "13800000003")
    deliver(courier)
    ids = {one: message(admin, one)["provider_id"] for one in (good, bad, open_)}
    assert {message(admin, one)["delivery"] for one in ids} == {""}
    clock.advance(60)
    lost = {"msgid": ids[bad], "status": "EXPIRED", "desc": "停机"}
    told = provider.tells({"msgid": ids[good], "status": "DELIVRD"}, lost)
    assert (told.status_code, told.data) == (204, b"")
    # By our own id, and in the address, as other gateways do.
    assert provider.asks(msgid=open_, status="ACCEPTD").status_code == 204
    shown = message(admin, bad)
    assert (shown["state"], shown["delivery"], shown["report"]) == (
        "sent", "undelivered", "EXPIRED 停机",
    )  # fmt: skip
    assert shown["reported_at"].startswith(f"{NOW.replace(minute=NOW.minute + 1):%Y-%m-%dT%H:%M}")
    assert message(admin, open_)["delivery"] == ""
    for wanted, found in (("delivered", good), ("undelivered", bad)):
        listed = admin.get(MESSAGES, delivery=wanted).json
        assert [one["id"] for one in listed["items"]] == [found]
        assert admin.get(f"{MESSAGES}/totals", delivery=wanted).json["total"] == 1
    assert admin.get(MESSAGES, delivery="perhaps").status_code == 422


def test_told_again_nothing_changes_and_what_nobody_knows_is_passed_over(
    admin: Caller, courier, provider: Provider, clock: ManualClock
) -> None:
    (sent,) = send(admin, "sms", MOBILE)
    report = {"msgid": sent, "status": "DELIVRD"}
    # It waits still: nothing can have arrived.
    assert provider.tells(report).status_code == 204
    assert message(admin, sent)["delivery"] == ""
    deliver(courier)
    assert provider.tells(report).status_code == 204
    first = message(admin, sent)
    clock.advance(60)
    unknown = {"msgid": "m404", "status": "DELIVRD"}
    assert provider.tells(report, report, unknown, {}).status_code == 204
    assert message(admin, sent) == first
    assert first["delivery"] == "delivered"


def test_an_uncertain_one_of_which_a_report_comes_has_gone(
    admin: Caller, courier, gateway, provider: Provider
) -> None:
    gateway.acts = ["drop"]
    (sent,) = send(admin, "sms", MOBILE)
    deliver(courier)
    assert state(admin, sent) == "uncertain"
    # Our id as gateways with room for 32 signs have it.
    provider.tells({"msgid": sent.replace("-", "").upper(), "status": "UNDELIV"})
    shown = message(admin, sent)
    assert (shown["state"], shown["delivery"]) == ("sent", "undelivered")
    assert (shown["cost"], shown["message"]) == ("0.0450", None)


def test_nobody_reports_on_the_messages_of_another_channel_or_enterprise(
    admin: Caller, app: Flask, door: Door, other: Office, courier, gateway, provider: Provider
) -> None:
    theirs = door.open(other.people["admin"])
    foreign = an_address(theirs, app, a_channel(theirs, by_sms(gateway, reports=REPORTS)))
    second = a_channel(admin, {**by_sms(gateway, reports=REPORTS), "key": "second"})
    beside = an_address(admin, app, second)
    (sent,) = send(admin, "sms", MOBILE)
    deliver(courier)
    provider_id = message(admin, sent)["provider_id"]
    for stranger in (foreign, beside):
        for each in (sent, provider_id):
            assert stranger.tells({"msgid": each, "status": "UNDELIV"}).status_code == 204
    assert message(admin, sent)["delivery"] == ""
    # An address is of its channel: the secret of one opens no other.
    swapped = provider.path.rpartition("/")[0] + "/" + foreign.path.rpartition("/")[2]
    assert Provider(app, swapped).tells({"msgid": sent, "status": "DELIVRD"}).status_code == 404


def test_an_address_is_the_administrators_to_make_shown_once_and_the_old_one_is_over(
    admin: Caller, agent: Caller, app: Flask, database: Database, gateway,
    channel: dict[str, Any], provider: Provider,
) -> None:  # fmt: skip
    path = f"{CHANNELS}/{channel['id']}/report-address"
    assert agent.post(path, version=1).status_code == 403
    assert admin.post(path, version=channel["version"]).status_code == 412
    kept = admin.get(f"{CHANNELS}/{channel['id']}")
    assert kept.json["has_report_address"]
    secret = provider.path.rpartition("/")[2]
    assert secret not in kept.text
    with database.begin(Scope.platform()) as session:
        assert session.get_one(MessageChannel, channel["id"]).report_hash == hashed(secret)
    newer = an_address(admin, app, kept.json)
    assert provider.tells().status_code == 404
    assert newer.tells().status_code == 204
    # Whoever wants no more reports hears none.
    version = admin.get(f"{CHANNELS}/{channel['id']}").json["version"]
    off = admin.send(
        "PATCH", f"{CHANNELS}/{channel['id']}", {"sms": by_sms(gateway)["sms"]}, version=version
    )
    assert (off.status_code, off.json["has_report_address"]) == (200, False)
    assert newer.tells().status_code == 404
    assert admin.post(path, version=off.json["version"]).status_code == 422


def test_who_guesses_is_slowed_and_what_cannot_be_read_is_refused(
    app: Flask, provider: Provider
) -> None:
    guessing = Provider(app, f"{provider.path}x")
    answers = [guessing.tells(ip="198.51.100.1").status_code for _ in range(REFUSED + 1)]
    assert (answers[0], answers[-1]) == (404, 429)
    assert provider.tells(ip="198.51.100.1").status_code == 204
    wrong = app.test_client().post(provider.path, data="[1, 2]")
    assert (wrong.status_code, [*wrong.json["error"]["fields"]]) == (422, ["body"])


def test_a_gateway_hears_what_it_wants_to_hear(admin: Caller, app: Flask, gateway) -> None:
    wanting = by_sms(gateway, reports={**REPORTS, "answer": '{"code": 0}'})
    told = an_address(admin, app, a_channel(admin, wanting)).tells()
    assert (told.status_code, told.data) == (200, b'{"code": 0}')


def test_a_channel_is_heard_so_often_and_another_beside_it(
    admin: Caller, app: Flask, gateway, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "OF_A_CHANNEL", 2)
    second = a_channel(admin, {**by_sms(gateway, reports=REPORTS), "key": "second"})
    beside = an_address(admin, app, second)
    assert [provider.tells().status_code for _ in range(3)] == [204, 204, 429]
    assert int(provider.tells().headers["Retry-After"]) > 0
    assert beside.tells().status_code == 204
