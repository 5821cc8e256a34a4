"""Delivery reports as gateways write them: one or many, as JSON, a form or a query."""

import json
from typing import Any

import pytest

from callcenter.messaging.models import Delivery
from callcenter.messaging.reports import (
    MOST,
    Report,
    Unreadable,
    counts,
    document_of,
    hashed,
    is_same,
    new_secret,
    reports_of,
)

SETTINGS = {
    "list_path": "", "id_path": "msgid", "status_path": "status", "delivered": ["DELIVRD", "0"],
    "waiting": ["ACCEPTD"], "reason_path": "", "answer": "",
}  # fmt: skip


def read(body: str, query: dict[str, str] | None = None, **settings: Any) -> list[Report]:
    return reports_of(SETTINGS | settings, document_of(body.encode(), query or {}))


def said(body: str, query: dict[str, str] | None = None, **settings: Any) -> list[tuple[str, str]]:
    return [(each.id, each.delivery.value) for each in read(body, query, **settings)]


def test_one_or_many_in_whatever_form() -> None:
    one = [("m1", "delivered")]
    assert said('{"msgid": "m1", "status": "DELIVRD"}') == one
    assert said('[{"msgid": "m1", "status": 0}]') == one
    assert said("msgid=m1&status=DELIVRD") == one
    assert said("", {"msgid": "m1", "status": "DELIVRD"}) == one
    several = [{"msgid": 7, "status": "UNDELIV"}, {"msgid": "m2", "status": "0"}]
    wrapped = json.dumps({"data": {"list": several}})
    two = [("7", "undelivered"), ("m2", "delivered")]
    assert said(wrapped, list_path="data.list") == two
    assert said(f"reports={json.dumps(several)}", list_path="reports") == two


def test_what_says_nothing_yet_or_of_nothing_is_left_out() -> None:
    assert said('{"msgid": "m1", "status": "ACCEPTD"}') == []
    assert said('{"status": "DELIVRD"}') == said('{"msgid": "m1"}') == said("") == []


def test_its_words_are_those_of_the_gateway_in_one_line() -> None:
    body = json.dumps({"msgid": "m1", "status": "EXPIRED", "desc": "phone\n off\x00" + "!" * 300})
    (report,) = read(body, reason_path="desc")
    assert report.words.startswith("EXPIRED phone off")
    assert len(report.words) == 200
    assert read('{"msgid": "m1", "status": false}')[0].words == "false"


@pytest.mark.parametrize("body", ["{", "[1]", "x=1&" * (MOST + 1), "[" * 100_000])
def test_what_cannot_be_read_is_told(body: str) -> None:
    with pytest.raises(Unreadable):
        read(body)


def test_more_than_may_come_at_once_is_refused() -> None:
    with pytest.raises(Unreadable):
        read(json.dumps([{"msgid": "m", "status": "0"}] * (MOST + 1)))


@pytest.mark.parametrize(
    ("before", "now", "parts", "new"),
    [
        ("", "delivered", 1, True),
        ("", "undelivered", 3, True),
        ("delivered", "delivered", 1, False),
        ("delivered", "undelivered", 2, True),
        ("undelivered", "delivered", 1, True),
        ("undelivered", "delivered", 2, False),
        ("undelivered", "undelivered", 2, False),
    ],
)
def test_the_last_word_counts_but_a_part_that_was_lost_is_not_made_good(
    before: str, now: str, parts: int, *, new: bool
) -> None:
    assert counts(Report("m1", Delivery(now), ""), before, parts) is new


def test_a_secret_is_known_by_its_hash_alone() -> None:
    secret = new_secret()
    assert is_same(secret, hashed(secret))
    assert not is_same(secret, hashed(new_secret()))
    assert not is_same("", "")
