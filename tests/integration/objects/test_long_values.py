"""Values that are too long for an index: told to whoever shapes the object or enters one, never a failure."""

import random
from typing import Any

import pytest

from tests.integration.objects.shaping import RECORDS, Shaping, a_field, a_pump
from tests.support.office import Caller

pytestmark = pytest.mark.integration

LONGEST = 600


def noise(length: int) -> str:
    """Chinese characters that PostgreSQL cannot make shorter."""
    chance = random.Random(7)
    return "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(length))


def problems(pumps: Shaping, *fields: dict[str, Any]) -> set[str]:
    return {one["path"] for one in pumps.fields(*fields)["problems"]}


@pytest.mark.parametrize(
    ("kind", "flag"),
    [
        *((kind, flag) for kind in ("text", "long_text") for flag in ("indexed", "unique")),
        ("text", "searched"),
    ],
)
def test_what_is_indexed_cannot_be_longer_than_an_index_takes(
    pumps: Shaping, kind: str, flag: str
) -> None:
    long = a_field("note", kind, **{flag: True}, settings={"max_length": LONGEST + 1})
    assert problems(pumps, long) == {"note.max_length"}
    short = a_field("note", kind, **{flag: True}, settings={"max_length": LONGEST})
    assert problems(pumps, short) == set()
    assert problems(pumps, a_field("note", kind, settings={"max_length": 900})) == set()


@pytest.mark.parametrize("flag", ["indexed", "unique", "searched"])
def test_the_longest_that_is_taken_fits_into_every_index(
    pumps: Shaping, admin: Caller, flag: str
) -> None:
    settings = {"max_length": LONGEST}
    pumps.published(a_field("note", **{flag: True}, settings=settings))
    widest = "".join(chr(0x20000 + n) for n in random.Random(7).sample(range(40_000), LONGEST))
    made = a_pump(admin, note=widest)
    assert made["values"]["note"] == widest
    assert admin.get(RECORDS, sort="-note").json["total"] == 1


def test_a_long_text_that_is_searched_is_taken_whole(pumps: Shaping, admin: Caller) -> None:
    pumps.published(a_field("report", "long_text", searched=True))
    text = noise(2000)
    assert a_pump(admin, report=text)["values"]["report"] == text
    assert admin.get(RECORDS, q=text[3:9]).json["total"] == 1


def test_a_version_that_asked_less_of_its_values_fails_nobody(
    pumps: Shaping, admin: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    pumps.published(a_field("link", "url", indexed=True))
    monkeypatch.setattr("callcenter.objects.service.settling.LONGEST_INDEXED", 10_000)
    values = {"name": "泵", "link": f"https://example.cn/{noise(1500)}"}
    answer = admin.post(RECORDS, {"values": values})
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "invalid")


def test_one_that_is_longer_is_refused_at_its_field(pumps: Shaping, admin: Caller) -> None:
    options = [
        {"value": f"{n:03d}" + "x" * 50, "label": {"zh-CN": "x", "en": "x"}} for n in range(60)
    ]
    pumps.published(
        a_field("link", "url", indexed=True),
        a_field("some", "choices", indexed=True, settings={"options": options}),
    )
    for values in (
        {"link": f"https://example.cn/{noise(1000)}"},
        {"some": [option["value"] for option in options]},
    ):
        answer = admin.post(RECORDS, {"values": {"name": "泵", **values}})
        assert (answer.status_code, [*answer.json["error"]["fields"]]) == (422, [*values])


def test_a_formula_gives_no_more_than_its_index_takes(pumps: Shaping, admin: Caller) -> None:
    pumps.published(
        a_field("words", "long_text"),
        a_field("whole", "formula", settings={"expression": "words & words", "result": "text"}),
    )
    text = noise(900)
    made = a_pump(admin, words=text)
    assert made["values"]["whole"] == text[:LONGEST]


@pytest.mark.parametrize("flag", ["indexed", "unique"])
def test_a_field_gets_no_index_while_values_are_too_long_for_it(
    pumps: Shaping, admin: Caller, flag: str
) -> None:
    pumps.published(a_field("note", settings={"max_length": 1000}))
    long = a_pump(admin, note=noise(1000))
    pumps.fields(a_field("note", **{flag: True}, settings={"max_length": LONGEST}))
    (loss,) = pumps.conf.post("/design/objects/pump/check").json["losses"]
    assert (loss["what"], loss["field"], loss["records"]) == ("too_long", "note", 1)
    assert loss["samples"][0]["record_id"] == long["id"]
    for accept in (False, True):
        refused = pumps.publish(accept_losses=accept)
        assert (refused.status_code, refused.json["error"]["code"]) == (409, "too-long-to-index")
    admin.send("PATCH", f"{RECORDS}/{long['id']}", {"values": {"note": "short"}}, version=1)
    assert pumps.publish().status_code == 200
