"""The ready-made hotline fits what an enterprise has, and leads callers as its guide says."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from callcenter.core.i18n import LOCALES
from callcenter.objects.schemas import read_definition
from callcenter.objects.service import flow_fields
from callcenter.objects.service.definitions import SHIPPED
from ivr.dialogue import Act, Dialogue, Entry, What
from ivr.effects import AskSchedule, Effect, Event, Outcome, Query, Standing
from ivr.playing import play_out
from ivr.ready import KEYS, Orders, fitted, orders_of, ready
from ivr.validation import read

IDS = {
    "schedule": "0192f0c1-0000-7000-8000-0000000000d1",
    "service": "0192f0c1-0000-7000-8000-0000000000a1",
}
HOTLINE = ready("hotline")
OPEN, CLOSED, HOLIDAY = Standing(True), Standing(False), Standing(False, holiday=True)


def an_object(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    group = {"key": "main", "label": label("组", "Group"), "fields": [*fields]}
    return {
        "identifier": "purchase", "kind": "base", "name": label("订单", "Order"),
        "key_field": "number", "title_field": "number", "groups": [group],
        "list": {"columns": ["number"], "sort": "number"}, "permissions": {}, "links": {}, **more,
    }  # fmt: skip


def label(chinese: str, english: str) -> dict[str, str]:
    return {"zh-CN": chinese, "en": english}


NUMBER = {
    "key": "number",
    "type": "text",
    "label": label("单号", "No."),
    "required": True,
    "unique": True,
}
STATUS = {
    "key": "status", "type": "choice", "label": label("状态", "Status"),
    "settings": {"options": [
        {"value": "paid", "label": label("已付款", "Paid")},
        {"value": "sent", "label": label("已发货", "On its way")},
    ]},
}  # fmt: skip
DAY = {"key": "due_on", "type": "date", "label": label("送达日期", "Delivery")}
TOTAL = {"key": "total", "type": "money", "label": label("金额", "Amount")}


def found(document: dict[str, Any]) -> Orders | None:
    definition = read_definition(document, 1)
    fields = flow_fields([definition])[definition.identifier]
    return orders_of(definition, fields, HOTLINE["orders"])


def shipped(identifier: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SHIPPED / f"{identifier}.json").read_text("utf-8"))
    return document


def flow(orders: Orders | None) -> dict[str, Any]:
    return fitted(HOTLINE["flow"], IDS, orders, "海蓝电器", "zh-CN")


ORDERS = {
    "nothing": None,
    "work orders": found(shipped("work_order")),
    "orders": found(an_object(NUMBER, STATUS, DAY, TOTAL)),
    "orders without a day": found(an_object(NUMBER, STATUS, TOTAL)),
}


@pytest.mark.parametrize("given", ORDERS.values(), ids=ORDERS)
def test_it_may_be_published_whatever_callers_can_ask_after(given: Orders | None) -> None:
    made = flow(given)
    assert read(made).start == "language"
    assert set(made["names"]) == {node["id"] for node in made["nodes"]}
    places = {tuple(made["layout"][node["id"]]) for node in made["nodes"]}
    assert len(places) == len(made["nodes"]), "each has a place of its own on the canvas"
    texts = [text for node in made["nodes"] for text in _texts(node["settings"])]
    assert not [text for text in (*texts, *made["names"].values()) if "{" in text]


def _texts(part: Any) -> Iterator[str]:
    """All that is said."""
    if isinstance(part, dict):
        yield from part.get("text", {}).values() if isinstance(part.get("text"), dict) else ()
    for inner in (
        part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    ):
        yield from _texts(inner)


def test_every_text_is_there_in_both_languages() -> None:
    texts = [
        prompt["text"]
        for node in flow(ORDERS["orders"])["nodes"]
        for prompt in node["settings"].get("prompts", [])
        if "text" in prompt and "language" not in prompt
    ]
    assert len(texts) > 15
    assert all(set(text) == set(LOCALES) for text in texts)


def test_the_standard_set_lets_callers_ask_after_its_work_orders() -> None:
    orders = ORDERS["work orders"]
    assert orders is not None
    assert (orders.object, orders.number, orders.prefix, orders.status) == (
        "work_order", "number", "GD", "status",
    )  # fmt: skip
    assert orders.date is not None
    assert orders.date[0] == "visit_date"
    assert orders.amount is None
    assert len(orders.statuses) == 6


def test_what_callers_can_not_name_by_keys_or_is_a_customer_is_not_offered() -> None:
    assert found(shipped("customer")) is None
    assert found(an_object(NUMBER, STATUS)) is not None
    assert found(an_object(NUMBER, STATUS, kind="customer")) is None
    assert found(an_object(NUMBER, DAY)) is None, "nothing tells its status"
    serial = {"key": "number", "type": "serial", "label": label("号", "No.")}
    rules = {
        "A-{yyyy}-{seq:3}": None, "XS{yyyyMMdd}{seq:4}": "XS", "{seq:6}": "", "9{seq:6}": "",
        "B2{yyyy}0{seq:4}": "B", "B2C{seq:4}": None,
    }  # fmt: skip
    for rule, prefix in rules.items():
        orders = found(an_object(serial | {"settings": {"rule": rule}}, STATUS))
        assert (orders.prefix if orders else None) == prefix, rule


def played(*entries: str, standing: Standing = OPEN, **values: Any) -> Dialogue:
    """Keys pressed one after the other; values: of the record that is found, none without."""

    def answers(effect: Effect) -> Event | None:
        if isinstance(effect, AskSchedule):
            return standing
        if isinstance(effect, Query):
            return Outcome("one", values) if values else Outcome("none")
        return None

    given = [Entry(Act.KEYS, text) for text in entries]
    now = datetime(2026, 11, 24, tzinfo=UTC)
    return play_out(read(flow(ORDERS["orders"])), {"caller": "1"}, given, now, answers)


def said(dialogue: Dialogue) -> str:
    return " ".join(
        text for line in dialogue.lines if line.what is What.SAID for text in line.texts
    )


def end(dialogue: Dialogue) -> tuple[str, str]:
    last = dialogue.lines[-1]
    assert last.what is What.ENDED
    return last.text, str(last.detail.get("target", ""))


@pytest.mark.parametrize(
    ("key", "status", "day", "amount"),
    [("1", "已发货", "送达日期", "金额"), ("2", "On its way", "Delivery", "Amount")],
)
def test_who_enters_a_number_hears_status_day_and_amount(
    key: str, status: str, day: str, amount: str
) -> None:
    values = {"order_status": "sent", "order_date": "2026-12-05", "order_amount": 128.5}
    heard = said(played(key, "1", "20260001#", **values))
    assert -1 < heard.find(status) < heard.find(day) < heard.find(amount)
    only = said(played(key, "1", "20260001#", order_status="paid", order_date=""))
    assert (day in only, amount in only) == (False, False)


def test_a_number_that_is_not_there_may_be_entered_again_or_an_agent_asked() -> None:
    assert "没有查到" in said(played("1", "1", "999#"))
    assert end(played("1", "1", "999#", "2")) == ("transfer", IDS["service"])
    asked_twice = played("1", "1", "999#", "1", "888#")
    assert [line.text for line in asked_twice.lines if line.what is What.ENTERED][-1] == "888#"


@pytest.mark.parametrize(
    ("standing", "words"), [(OPEN, "人工服务"), (CLOSED, "下班时间"), (HOLIDAY, "节日愉快")]
)
def test_open_hours_closed_hours_and_holidays_have_their_own_words(
    standing: Standing, words: str
) -> None:
    heard = said(played("1", standing=standing))
    assert words in heard
    others = {"人工服务请按", "下班时间", "节日愉快"} - {
        words,
        "人工服务请按" if standing.open else "",
    }
    assert not [other for other in others if other in heard]


def test_nobody_is_led_to_agents_who_are_not_there() -> None:
    """Not by the way round of an order either."""
    closed = played("1", "1", "999#", "2", standing=CLOSED)
    assert closed.waits is not None
    assert closed.node == "closed"
    assert end(played("1", "4", standing=CLOSED))[0] == "transfer"


def test_there_is_one() -> None:
    assert KEYS == ("hotline",)
    with pytest.raises(KeyError):
        ready("../flows/demo")
