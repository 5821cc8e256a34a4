"""A gateway as its settings describe it."""

import json
from typing import Any

import pytest

from callcenter.core.outbound import Answer
from callcenter.messaging.gateway import faults, outcome_of, request_of
from callcenter.messaging.outcomes import Ending

SETTINGS: dict[str, Any] = {
    "url": "https://sms.example.com/send?from=1",
    "method": "POST",
    "format": "json",
    "headers": {"Authorization": "Bearer {{secret}}"},
    "body": '{"mobile": "{{to}}", "content": "{{text}}", "list": [{"id": "{{ id }}"}], "n": 1}',
    "success": {"by": "json", "path": "code", "value": "0"},
    "id_path": "data.0.msgid",
    "idempotent": True,
}
WORDS = {
    "to": "13800000001", "to_e164": "+8613800000001", "text": '他说："好"\r\n&x=1',
    "id": "01", "secret": "s3",
}  # fmt: skip


def test_places_are_filled_where_no_value_can_change_the_structure() -> None:
    request = request_of(SETTINGS, WORDS)
    assert json.loads(request.body or b"") == {
        "mobile": "13800000001", "content": WORDS["text"], "list": [{"id": "01"}], "n": 1,
    }  # fmt: skip
    assert request.headers["Authorization"] == "Bearer s3"
    form = {**SETTINGS, "format": "form", "body": "to={{to_e164}}&text={{text}}&a=b"}
    body = b"to=%2B8613800000001&text=%E4%BB%96%E8%AF%B4%EF%BC%9A%22%E5%A5%BD%22%0D%0A%26x%3D1&a=b"
    assert request_of(form, WORDS).body == body
    asked = {**SETTINGS, "method": "GET", "url": "https://x.example/s?t={{text}}&m={{to}}"}
    assert request_of(asked, WORDS).url.endswith("%0D%0A%26x%3D1&m=13800000001")


def test_a_header_stays_one_line() -> None:
    told = {**SETTINGS, "headers": {"X-Text": "{{text}}"}}
    assert "\n" not in request_of(told, WORDS).headers["X-Text"]


def test_a_header_has_its_characters_in_utf_8() -> None:
    told = {**SETTINGS, "headers": {"X-Text": "【海蓝】{{text}}"}}
    sent = request_of(told, {**WORDS, "text": "您好"}).headers["X-Text"]
    # As it is encoded on its way.
    assert sent.encode("latin-1").decode() == "【海蓝】您好"


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"body": '{"to": "{{to}}"}'}, "body"), ({"body": '{"to": {{to}} {{text}}'}, "body"),
        ({"body": '{"a": "{{to}} {{text}} {{name}}"}'}, "body"),
        ({"method": "GET"}, "url"), ({"headers": {"A": "{{x}}"}}, "headers"),
        ({"body": '{"a": "{{to}} {{text}}"}'}, "idempotent"),
    ],
)  # fmt: skip
def test_what_would_never_arrive_is_said_before(changes: dict[str, Any], part: str) -> None:
    assert faults(SETTINGS) == {}
    assert part in faults({**SETTINGS, **changes})


def said(status: int, text: str, **changes: Any) -> tuple[Ending, str]:
    outcome = outcome_of({**SETTINGS, **changes}, Answer(status, text.encode()))
    return outcome.ending, outcome.provider_id


def test_an_answer_is_judged_by_the_gateways_own_sign() -> None:
    assert said(200, '{"code": 0, "data": [{"msgid": 77}]}') == (Ending.SENT, "77")
    assert said(200, '{"code": 7, "data": []}') == (Ending.REFUSED, "")
    assert said(200, "<html>") == (Ending.REFUSED, "")
    assert said(202, "x", success={"by": "status", "path": "", "value": ""})[0] is Ending.SENT
    assert said(200, "OK 1", success={"by": "text", "path": "", "value": "OK"})[0] is Ending.SENT
    true = {"by": "json", "path": "ok", "value": "true"}
    assert said(200, '{"ok": true}', success=true)[0] is Ending.SENT


def test_only_what_says_that_it_took_nothing_is_tried_again() -> None:
    assert [said(status, "")[0] for status in (429, 503)] == [Ending.UNSENT] * 2
    assert [said(status, "")[0] for status in (500, 502, 504)] == [Ending.UNKNOWN] * 3
    assert [said(status, "")[0] for status in (302, 400, 401, 404)] == [Ending.REFUSED] * 4
