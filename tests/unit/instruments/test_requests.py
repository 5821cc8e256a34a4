"""How a request is carried, and how its answer is read; whatever is in either."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from callcenter.core.errors import NotFound
from callcenter.core.ids import new_id
from callcenter.core.outbound import Answer, NotAllowed, Outbound
from callcenter.instruments.reach import Reach
from callcenter.instruments.requests import LARGEST_BODY, HttpSender, Request, reply_of

URL = "https://erp.example.com/in"


class Noting(Outbound):
    """Notes what would go out."""

    def __init__(self, answer: Answer | None = None) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answer = answer or Answer(200, b"")

    def ask(
        self, method: str, url: str, allowed: Any, headers: Any, body: Any,
        timeout: Any = None, largest: Any = None,
    ) -> Answer:  # fmt: skip
        self.asked.append(
            {"method": method, "url": url, "headers": dict(headers), "body": body, "for": timeout}
        )
        return self.answer


def secret(name: str, url: str) -> str:
    if (name, url.startswith("https://erp.example.com/")) != ("erp", True):
        raise NotFound
    return "Bearer s3cret"


REACH = Reach(new_id(), frozenset({"erp.example.com"}), secret)


def carried(method: str = "POST", url: str = URL, **given: Any) -> dict[str, Any]:
    noting = Noting()
    HttpSender(noting).send(REACH, Request(method, url, given.pop("headers", {}), **given))
    (asked,) = noting.asked
    return asked


def test_values_go_as_json_with_days_moments_and_exact_numbers() -> None:
    values = {
        "name": "泵", "price": Decimal("1.50"), "day": date(2026, 11, 29),
        "at": datetime(2026, 11, 29, tzinfo=UTC),
    }  # fmt: skip
    asked = carried(values=values)
    assert json.loads(asked["body"]) == {
        "name": "泵", "price": 1.5, "day": "2026-11-29", "at": "2026-11-29T00:00:00+00:00",
    }  # fmt: skip
    assert asked["headers"] == {"Content-Type": "application/json"}


def test_values_of_a_get_go_into_the_address_and_those_of_a_form_into_it() -> None:
    assert carried("get", f"{URL}?x=1", values={"q": "a&b", "of": [1, 2]}) == {
        "method": "GET", "url": f"{URL}?x=1&q=a%26b&of=1&of=2", "headers": {}, "body": None, "for": 5.0,
    }  # fmt: skip
    asked = carried(values={"to": "泵"}, form=True)
    assert asked["body"] == b"to=%E6%B3%B5"
    assert asked["headers"] == {"Content-Type": "application/x-www-form-urlencoded"}
    with pytest.raises(NotAllowed):
        carried(values=["a"], form=True)


def test_a_text_goes_as_it_is_and_says_what_it_is_unless_told() -> None:
    assert carried(body='{"a": 1}')["headers"] == {
        "Content-Type": "application/json; charset=utf-8"
    }
    asked = carried(body="泵", headers={"Content-Type": "text/csv"})
    assert (asked["body"], asked["headers"]) == ("泵".encode(), {"Content-Type": "text/csv"})


def test_a_credential_is_named_and_goes_to_its_own_host_alone() -> None:
    assert carried(credential="erp")["headers"] == {"Authorization": "Bearer s3cret"}
    asked = carried(credential="erp", credential_header="X-Api-Key")
    assert asked["headers"] == {"X-Api-Key": "Bearer s3cret"}
    for name, url in (("erp", "https://evil.example/"), ("other", URL)):
        with pytest.raises(NotAllowed) as refusal:
            carried("POST", url, credential=name)
        assert refusal.value.key == "outbound.no_credential"


def test_a_header_goes_once_however_its_name_is_written() -> None:
    headers = {"content-type": "text/csv", "authorization": "mine", "X-a": "1", "x-A": "2"}
    assert carried(body="泵", headers=headers, credential="erp")["headers"] == {
        "content-type": "text/csv", "Authorization": "Bearer s3cret", "x-A": "2",
    }  # fmt: skip


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "OPTIONS", "GET / HTTP/1.1\r\nX: y", ""])
def test_only_methods_that_ask_or_change_something(method: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        carried(method)
    assert refusal.value.key == "outbound.bad_method"


def test_nothing_huge_goes_out_and_nobody_waits_for_long() -> None:
    with pytest.raises(NotAllowed) as refusal:
        carried(body="x" * (LARGEST_BODY + 1))
    assert refusal.value.key == "outbound.body_too_large"
    assert [carried(seconds=wished)["for"] for wished in (0, 7, 3600)] == [1.0, 7, 20.0]


@pytest.mark.parametrize(
    ("content", "told", "text"),
    [
        ("订单".encode(), "text/plain", "订单"),
        ("订单".encode("gbk"), "text/plain; charset=GBK", "订单"),
        (b"\xff\xfe", "text/plain", "��"),
        (b"aGk=", "text/plain; charset=base64", "aGk="),
        (b"x\x9c", "text/plain; charset=zlib", "x�"),
        (b"abc", 'text/plain; charset="idna"', "abc"),
    ],
)
def test_an_answer_is_read_as_it_says_and_by_no_codec_that_unpacks(
    content: bytes, told: str, text: str
) -> None:
    assert reply_of(Answer(200, content, {"content-type": told})).text == text


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", b"[" * 60_000, b"9" * 60_000, b'{"a":' * 10_000, b"\xff", b"[1,"],
    ids=lambda content: f"{content[:5]!r}",
)
def test_what_is_no_json_or_too_much_of_it_is_text_alone(content: bytes) -> None:
    assert reply_of(Answer(200, content)).json is None


def test_json_has_no_numbers_that_cannot_be_written() -> None:
    assert reply_of(Answer(200, b'{"a": NaN, "b": [Infinity]}')).json == {"a": None, "b": [None]}


def test_what_was_no_success_is_told_as_such() -> None:
    found = HttpSender(Noting(Answer(302, b"", {"location": "http://127.0.0.1/"}))).send(
        REACH, Request("GET", URL, {})
    )
    assert (found.ok, found.status, found.headers["location"]) == (False, 302, "http://127.0.0.1/")
