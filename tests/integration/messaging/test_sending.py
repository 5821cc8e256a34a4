"""Sending: once, over real sockets; what failed is told, and nothing goes twice."""

import socket
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select, update

from callcenter.core.clock import ManualClock, SystemClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.outbound import Outbound
from callcenter.core.sealed import Seal
from callcenter.messaging import tasks
from callcenter.messaging.load import Load
from callcenter.messaging.mail import SECONDS, Mailer, letter_of
from callcenter.messaging.models import GATEWAY_SECONDS, Message, MessageChannel, Source
from callcenter.messaging.outcomes import Ending, Outcome
from callcenter.messaging.service import Accepting, Draft
from callcenter.processes.directory import SqlDirectory
from callcenter.processes.messages import courier as a_courier
from tests.integration.messaging.sending import (
    CHANNELS,
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
from tests.integration.objects.triggering import calls_allowed
from tests.support.certificates import a_certificate
from tests.support.logged import enterprises_of
from tests.support.mail_server import MailServer, a_mail_server
from tests.support.office import NOW, SEALING_KEY, Caller, Office, suspended

pytestmark = pytest.mark.integration


def test_who_sends_signs_and_sees_it_before(admin: Caller, mail, courier, office: Office) -> None:
    channel = by_mail(mail)
    channel["email"] |= {"signature": "{{name}}\n分机 {{extension}}\n{{enterprise}}"}
    a_channel(admin, channel)
    name = office.people["admin"].name
    (choice,) = admin.get("/message-channels/choices").json
    first, *_, last = choice["closing"].split("\n")
    assert (first, bool(last), choice["signed"]) == (name, True, True)
    send(admin, "mail", "wang@b.example", text="您好")
    assert deliver(courier) == 1
    assert mail.taken[0].get_content() == f"您好\n\n-- \n{choice['closing']}\n"
    wrong = by_mail(mail) | {"key": "other"}
    wrong["email"] |= {"signature": "{{phone}}"}
    assert "email.signature" in admin.post("/message-channels", wrong).json["error"]["fields"]


def test_an_e_mail_arrives_with_its_signature(admin: Caller, mail, courier, office: Office) -> None:
    a_channel(admin, by_mail(mail))
    (sent,) = send(admin, "mail", "wang@b.example", text="您好\n.\n再见")
    with enterprises_of("outbound.connected") as whose:
        assert deliver(courier) == 1
    assert whose == {str(office.id)}
    (letter,) = mail.taken
    assert letter["From"] == "海蓝电器 <service@hailan.example>"
    assert (letter["To"], letter["Subject"]) == ("wang@b.example", "受理回执")
    assert letter["Message-ID"] == f"<{sent}@hailan.example>"
    assert letter.get_content() == "您好\n.\n再见\n\n-- \n海蓝电器\n"
    found = message(admin, sent)
    assert (found["state"], found["provider_id"], found["attempts"]) == ("sent", "queued as 1", 1)
    assert deliver(courier) == 0


def test_an_sms_is_signed_counted_and_paid_by_its_parts(
    admin: Caller, gateway, courier, office: Office
) -> None:
    a_channel(admin, by_sms(gateway))
    (sent,) = send(admin, "sms", "138 0000 0001", text="好" * 65)
    with enterprises_of("outbound.asked") as whose:
        deliver(courier)
    assert whose == {str(office.id)}
    (call,) = gateway.calls
    assert call == {"mobile": MOBILE, "content": "【海蓝电器】" + "好" * 65, "id": sent}
    assert gateway.headers[0]["X-Key"] == "s3cret"
    found = message(admin, sent)
    told = [found[name] for name in ("state", "parts", "cost", "provider_id", "to")]
    assert told == ["sent", 2, "0.0900", "m1", "138 0000 0001"]


def test_a_gateway_may_take_a_form(admin: Caller, gateway, courier) -> None:
    a_channel(
        admin, by_sms(gateway, format="form", body="m={{to_e164}}&content={{text}}&id={{id}}")
    )
    send(admin, "sms", MOBILE, text="a&b=c")
    deliver(courier)
    assert gateway.calls[0]["m"] == "+8613800000001"
    assert gateway.calls[0]["content"] == "【海蓝电器】a&b=c"


def test_what_certainly_did_not_go_goes_later_with_the_same_id(
    admin: Caller, gateway, courier, clock: ManualClock
) -> None:
    a_channel(admin, by_sms(gateway))
    gateway.acts = [503, 429]
    (sent,) = send(admin, "sms", MOBILE)
    assert deliver(courier) == 1
    found = message(admin, sent)
    assert (found["state"], found["message"]) == ("queued", "返回状态 503。")
    assert found["next_at"].startswith("2026-11-24T02:01:00")
    assert deliver(courier) == 0
    for minutes in (1, 5):
        clock.advance(minutes * 60)
        assert deliver(courier) == 1
    assert state(admin, sent) == "sent"
    assert {call["id"] for call in gateway.calls} == {sent}
    endings = [each["ending"] for each in message(admin, sent)["history"]]
    assert endings == ["unsent", "unsent", "sent"]


def test_after_four_attempts_it_is_given_up(
    admin: Caller, gateway, courier, clock: ManualClock
) -> None:
    a_channel(admin, by_sms(gateway))
    gateway.acts = [503] * 9
    (sent,) = send(admin, "sms", MOBILE)
    for minutes in (0, 1, 5, 30):
        clock.advance(minutes * 60)
        assert deliver(courier) == 1
    assert state(admin, sent) == "given_up"
    clock.advance(3600)
    assert deliver(courier) == 0


def test_what_a_gateway_or_a_server_refuses_is_told_in_its_words(
    admin: Caller, mail, gateway, courier
) -> None:
    a_channel(admin, by_sms(gateway))
    a_channel(admin, by_mail(mail))
    gateway.acts, mail.recipient = ["refuse"], "550 no such user"
    ids = [*send(admin, "sms", MOBILE), *send(admin, "mail", "nobody@b.example")]
    deliver(courier)
    said = [message(admin, each)["message"] for each in ids]
    assert [state(admin, each) for each in ids] == ["failed", "failed"]
    assert said[0].startswith('网关拒绝：{"code": 7')
    assert said[1] == "邮件服务器拒绝（550）：no such user"


def test_a_busy_server_is_asked_again(admin: Caller, mail, courier) -> None:
    a_channel(admin, by_mail(mail))
    mail.recipient = "451 later"
    (sent,) = send(admin, "mail", "a@b.example")
    deliver(courier)
    assert (state(admin, sent), mail.taken) == ("queued", [])


@pytest.mark.parametrize("act", ["drop", 500, 504])
def test_what_may_have_gone_is_uncertain_and_a_person_decides(
    admin: Caller, gateway, courier, clock: ManualClock, act
) -> None:
    a_channel(admin, by_sms(gateway))
    gateway.acts = [act]
    (sent,) = send(admin, "sms", MOBILE)
    deliver(courier)
    assert state(admin, sent) == "uncertain"
    clock.advance(86400)
    assert (courier.recover(), deliver(courier)) == (0, 0)
    assert admin.post(f"{MESSAGES}/{sent}/again").json["state"] == "queued"
    deliver(courier)
    assert (state(admin, sent), len(gateway.calls)) == ("sent", 2)


def test_a_gateway_that_hangs_is_left_in_the_time_that_its_channel_gives_it(
    admin: Caller, gateway, courier
) -> None:
    a_channel(admin, by_sms(gateway, timeout=1))
    gateway.acts = ["hang"]
    (sent,) = send(admin, "sms", MOBILE)
    deliver(courier)
    assert state(admin, sent) == "uncertain"


def test_a_gateway_that_knows_our_id_is_called_again_and_sends_once(
    admin: Caller, gateway, courier, clock: ManualClock
) -> None:
    a_channel(admin, by_sms(gateway, idempotent=True))
    gateway.acts = ["drop"]
    (sent,) = send(admin, "sms", MOBILE)
    deliver(courier)
    assert state(admin, sent) == "queued"
    clock.advance(60)
    deliver(courier)
    assert state(admin, sent) == "sent"
    assert (len(gateway.calls), len(gateway.sent)) == (2, 1)


def test_a_mail_server_that_dies_with_the_text_leaves_it_uncertain(
    admin: Caller, mail, courier
) -> None:
    a_channel(admin, by_mail(mail))
    mail.at_text = "drop"
    (sent,) = send(admin, "mail", "a@b.example")
    deliver(courier)
    assert (state(admin, sent), len(mail.taken)) == ("uncertain", 1)


@pytest.mark.parametrize(
    ("said", "ending"),
    [
        ("250 taken\r\n", Ending.SENT), ("450 later\r\n", Ending.UNSENT),
        ("550 no\r\n", Ending.REFUSED), ("", Ending.UNKNOWN), ("2", Ending.UNKNOWN),
        ("25", Ending.UNKNOWN), ("250-half", Ending.UNKNOWN), ("354 more\r\n", Ending.UNKNOWN),
        ("thanks\r\n", Ending.UNKNOWN), ("9" * 9000 + "\r\n", Ending.UNKNOWN),
    ],
)  # fmt: skip
def test_once_the_text_is_out_only_a_whole_answer_says_what_became_of_it(
    mail: MailServer, said: str, ending: Ending
) -> None:
    mail.at_text = said
    assert posted(mail).ending is ending


def test_what_breaks_before_the_text_has_certainly_not_gone(mail: MailServer) -> None:
    mail.recipient = "9" * 9000
    assert posted(mail).ending is not Ending.UNKNOWN
    mail.recipient = "25"
    assert posted(mail).ending is Ending.UNSENT
    assert mail.taken == []


def posted(mail: MailServer) -> Outcome:
    settings = by_mail(mail)["email"]
    letter = letter_of(settings, new_id(), "a@b.example", "s", "t", NOW, html=False)
    allowed = frozenset({mail.place})
    return Mailer(Outbound(SystemClock())).send(settings, "", letter, allowed, lambda: None)


def test_nobody_there_means_that_nothing_has_gone(
    admin: Caller, mail, database: Database, office: Office, clock: ManualClock
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{closed.getsockname()[1]}"
    a_channel(admin, by_mail(mail, port=int(place.partition(":")[2])))
    (listed, not_listed) = send(admin, "mail", "a@b.example", "c@d.example")
    sender = a_courier(database, Seal(SEALING_KEY), clock)
    first, second = sender.claim(2)
    with calls_allowed(database, office, place):
        sender.deliver(first)
    sender.deliver(second)
    found = message(admin, listed)
    assert (found["state"], found["message"]) == ("queued", f"{place} 没有应答。")
    found = message(admin, not_listed)
    assert (found["state"], found["message"]) == ("failed", f"{place} 不在企业允许调用的主机之列。")


def test_a_message_whose_sender_died_before_it_began_goes_and_one_after_does_not(
    admin: Caller, mail, gateway, courier, clock: ManualClock, database: Database, office: Office
) -> None:
    a_channel(admin, by_sms(gateway))
    before, later = send(admin, "sms", MOBILE, MOBILE)
    claimed = courier.claim(10)
    assert len(claimed) == 2
    with database.begin(office.scope()) as session:
        session.execute(update(Message).where(Message.id == later).values(begun=True))
    assert courier.recover() == 0
    clock.advance(tasks.LEASE.total_seconds() + 1)
    assert courier.recover() == 2
    assert (state(admin, before), state(admin, later)) == ("queued", "uncertain")
    # Whoever was only slow finds that it is no longer his.
    for each in claimed:
        courier.deliver(each)
    assert gateway.calls == []
    clock.advance(60)
    assert deliver(courier) == 1
    assert (state(admin, before), state(admin, later)) == ("sent", "uncertain")


def test_no_more_is_claimed_of_a_channel_or_an_enterprise_than_there_is_room_for(
    admin: Caller, mail, gateway, courier
) -> None:
    a_channel(admin, by_sms(gateway))
    send(admin, "sms", *[MOBILE] * 4)
    a_channel(admin, by_mail(mail))
    send(admin, "mail", "a@b.example", "b@b.example")
    load = Load(of_a_channel=3, of_an_enterprise=4)
    assert [len(courier.claim(10, load)) for _ in range(3)] == [4, 0, 0]
    assert len(courier.claim(10)) == 2


def test_asked_to_end_it_begins_nothing_and_puts_back_what_it_was_given(
    admin: Caller, mail, gateway, courier, database: Database, clock: ManualClock
) -> None:
    a_channel(admin, by_sms(gateway, idempotent=True))
    a_channel(admin, by_mail(mail))
    ids = [*send(admin, "sms", MOBILE), *send(admin, "mail", "a@b.example")]
    claimed = courier.claim(2)
    courier.stop()
    for each in claimed:
        courier.deliver(each)
    assert (gateway.calls, mail.taken) == ([], [])
    found = [message(admin, each) for each in ids]
    assert [(each["state"], each["attempts"]) for each in found] == [("queued", 0)] * 2
    assert deliver(a_courier(database, Seal(SEALING_KEY), clock)) == 2
    assert [state(admin, each) for each in ids] == ["sent", "sent"]


def test_while_an_enterprise_is_suspended_its_messages_wait(
    admin: Caller, gateway, courier, database: Database, office: Office
) -> None:
    a_channel(admin, by_sms(gateway))
    send(admin, "sms", MOBILE)
    with suspended(database, office):
        assert deliver(courier) == 0
    assert deliver(courier) == 1


def test_a_channel_that_is_switched_off_or_has_lost_its_secret_sends_nothing(
    admin: Caller, gateway, courier, database: Database, office: Office
) -> None:
    made = a_channel(admin, by_sms(gateway))
    ids = send(admin, "sms", MOBILE, MOBILE)
    first, second = courier.claim(2)
    with database.begin(office.scope()) as session:
        session.execute(update(MessageChannel).values(secret="1.AAAA"))
    courier.deliver(first)
    place = f"{CHANNELS}/{made['id']}"
    assert admin.send("PATCH", place, {"active": False}, version=made["version"]).status_code == 200
    courier.deliver(second)
    assert {message(admin, each)["message"] for each in ids} == {
        "通道的密钥在此无法解开，请重新填写。", "通道已停用。",
    }  # fmt: skip
    assert gateway.calls == []


def test_a_thousand_are_taken_in_one_statement_and_the_same_one_once(
    admin: Caller, gateway, database: Database, office: Office, clock: ManualClock
) -> None:
    a_channel(admin, by_sms(gateway))
    accepting = Accepting(SqlDirectory(), clock)
    drafts = [Draft(str(13800000000 + n), "您好", key=f"k{n % 999}") for n in range(1000)]
    statements = []

    def hear(*told: object) -> None:
        statements.append(str(told[2]))

    event.listen(database.engine, "before_cursor_execute", hear)
    try:
        with database.begin(office.scope("admin")) as session:
            channel = accepting.channel(session, "sms")
            ids = accepting.accept(session, channel, drafts, Source.TASK)
            accepting.accept(session, channel, drafts[:3], Source.TASK)
    finally:
        event.remove(database.engine, "before_cursor_execute", hear)
    assert ids[0] == ids[999]
    with database.begin(office.scope()) as session:
        assert len(session.scalars(select(Message.id)).all()) == 999
    inserts = [each for each in statements if each.startswith("INSERT INTO message")]
    assert len(inserts) <= 4


def test_a_server_with_encryption_is_known_by_its_certificate(tmp_path: Path) -> None:
    made = a_certificate(tmp_path)
    with a_mail_server(made.server) as mail:
        settings = by_mail(mail, security="starttls", user="u")["email"]
        outbound = Outbound(SystemClock(), lambda *_: ["127.0.0.1"])
        letter = letter_of(settings, new_id(), "a@b.example", "s", "t", NOW, html=False)

        def tried(host: str, trusted: bool) -> Ending:
            told = {**settings, "host": host}
            context = ssl.create_default_context(cafile=made.certificate if trusted else None)
            allowed = frozenset({f"{host}:{mail.port}"})
            sent = Mailer(outbound, context).send(told, "p", letter, allowed, lambda: None)
            return sent.ending

        assert tried("localhost", trusted=False) is Ending.UNSENT
        assert tried("mail.example", trusted=True) is Ending.UNSENT
        assert not any(line.startswith("AUTH") for line in mail.asked)
        assert tried("localhost", trusted=True) is Ending.SENT
        assert any(line.startswith("AUTH") for line in mail.asked)


def test_the_lease_is_longer_than_anything_that_is_sent() -> None:
    longest = max(SECONDS, GATEWAY_SECONDS)
    assert timedelta(seconds=2 * longest) < tasks.LEASE
