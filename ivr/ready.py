"""Ready-made flows: data of config/flows, fitted to what an enterprise has. Pure.

A node, or one of its prompts, may say `if`: what it needs of the orders (`orders`, `date`,
`amount`); without that it is left out, and what led there leads to its `else`, or nowhere. A node
with `each: status` is there once for every status.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from callcenter.core.i18n import LOCALES
from callcenter.objects.schemas import Definition
from callcenter.objects.service import Fields
from callcenter.objects.types.base import Field

_FOLDER = Path(__file__).resolve().parents[1] / "config" / "flows"
_PLACE = re.compile(r"\{(?:yyyyMMdd|yyyyMM|yyyy|seq:[1-9])\}")
_DIGITS = "0123456789"
_MOST_STATUSES = 12
_BELOW = 112
"""From a status to the next on the designer's canvas."""

Texts = Mapping[str, str]
"""By language."""

Told = tuple[str, Texts]
"""A field by key and label."""

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Status:
    value: str
    label: Texts


@dataclass(frozen=True, slots=True)
class Orders:
    """What callers ask after by a number: a data object, and its fields by key.

    prefix   what stands before the digits of a number, which no telephone can enter
    date, amount  None where the object tells none
    """

    object: str
    name: Texts
    number: str
    prefix: str
    status: str
    statuses: tuple[Status, ...]
    date: Told | None
    amount: Told | None

    @property
    def parts(self) -> frozenset[str]:
        named = {"orders": True, "date": self.date, "amount": self.amount}
        return frozenset(name for name, there in named.items() if there)


@cache
def ready(key: str) -> Given:
    """Raises KeyError."""
    if key not in KEYS:
        raise KeyError(key)
    loaded: dict[str, Any] = json.loads((_FOLDER / f"{key}.json").read_text("utf-8"))
    return loaded


KEYS = ("hotline",)


def orders_of(definition: Definition, fields: Fields, wanted: Given) -> Orders | None:
    """An object whose records callers can name by keys and whose status can be told, or None.

    fields: what flows may name of it. wanted: keys that are taken first, by `statuses`, `dates` and
    `amounts`.
    """
    number = definition.by_key[definition.key_field]
    prefix = _prefix(number.setting("rule", "")) if number.type == "serial" else ""
    told = [each for each in definition.fields if each.key in fields.told]
    states = [each.key for each in told if each.type == "choice" and _statuses(each.settings)]
    status = next((key for key in wanted["statuses"] if key in states), None)
    if prefix is None or number.key not in fields.sought or status is None or fields.of_customers:
        return None
    return Orders(
        definition.identifier, definition.name, number.key, prefix, status,
        _statuses(definition.by_key[status].settings),
        _told(told, ("date",), wanted["dates"]),
        _told(told, ("money",), wanted["amounts"]),
    )  # fmt: skip


def _told(fields: Sequence[Field], types: Sequence[str], wanted: Sequence[str]) -> Told | None:
    """One of the types: that which is wanted most, else the first; or a formula that is wanted."""
    known = [each for each in fields if each.type in types]
    worked_out = [each for each in fields if each.type == "formula" and each.key in wanted]
    keys = [each.key for each in (*known, *worked_out)]
    chosen = next((key for key in wanted if key in keys), next(iter(keys), None))
    return next(((each.key, each.label) for each in fields if each.key == chosen), None)


def fitted(
    flow: Given, targets: Mapping[str, str], orders: Orders | None, enterprise: str, locale: str
) -> dict[str, Any]:
    """The flow's definition. targets: the ids of `schedule` and `service`; locale: of node names."""
    there = orders.parts if orders else frozenset[str]()
    nodes = [*_expanded(flow["nodes"], there, orders)]
    leads = {one["id"]: one.get("else", "") for one in flow["nodes"] if not _is_there(one, there)}
    words = _Words(targets, orders, enterprise)
    names = {one["id"]: words.said(one["name"], locale) for one in nodes}
    return {
        "start": flow["start"],
        "languages": flow["languages"],
        "nodes": [words.filled(_node(one, leads, there, orders)) for one in nodes],
        "names": names,
        "layout": {one["id"]: one["at"] for one in nodes},
    }


def _expanded(
    nodes: Sequence[Given], there: frozenset[str], orders: Orders | None
) -> Iterator[Given]:
    for node in nodes:
        if not _is_there(node, there):
            continue
        if "each" not in node:
            yield node
        for place, status in enumerate(orders.statuses if orders and "each" in node else ()):
            text = json.dumps(node, ensure_ascii=False)
            one = json.loads(text.replace("{status}", f"{{status_{place}}}"))
            at = [node["at"][0], node["at"][1] + place * _BELOW]
            yield one | {"id": f"status_{place}", "name": status.label, "at": at}


def _is_there(part: Given, there: frozenset[str]) -> bool:
    return part.get("if", "") in {"", *there}


def _node(
    given: Given, leads: Mapping[str, str], there: frozenset[str], orders: Orders | None
) -> dict[str, Any]:
    exits = {name: _led(target, leads) for name, target in given["exits"].items()}
    exits = {name: target for name, target in exits.items() if target}
    settings = dict(given["settings"])
    for part in ("prompts", "on_timeout", "on_invalid"):
        if part in settings:
            kept = (one for one in settings[part] if _is_there(one, there))
            settings[part] = [{k: v for k, v in one.items() if k != "if"} for one in kept]
    if given["kind"] == "menu":
        settings["keys"] = sorted(name for name in exits if name.isdigit())
    if given["kind"] == "query":
        reads = {"order_status": "orders", "order_date": "date", "order_amount": "amount"}
        settings["reads"] = {
            name: key for name, key in settings["reads"].items() if reads[name] in there
        }
    if settings.get("cases") == [] and orders:
        ways = {f"status_{place}": each.value for place, each in enumerate(orders.statuses)}
        settings["cases"] = [
            {"when": f"order_status == {json.dumps(value, ensure_ascii=False)}", "exit": way}
            for way, value in ways.items()
        ]
        exits |= dict(zip(ways, ways, strict=True))
    return {"id": given["id"], "kind": given["kind"], "settings": settings, "exits": exits}


def _led(target: str, leads: Mapping[str, str]) -> str:
    while target in leads:
        target = leads[target]
    return target


class _Words:
    """What stands in braces, in ids and in texts of a language."""

    def __init__(self, targets: Mapping[str, str], orders: Orders | None, enterprise: str) -> None:
        self._plain: dict[str, str] = {**targets, "enterprise": enterprise}
        self._said: dict[str, Texts] = {}
        if orders is not None:
            fields = {"date": orders.date, "amount": orders.amount}
            self._plain |= {
                "object": orders.object, "prefix": orders.prefix,
                "number_field": orders.number, "status_field": orders.status,
            } | {f"{name}_field": each[0] for name, each in fields.items() if each}  # fmt: skip
            self._said |= {"orders": _lowered(orders.name)}
            self._said |= {name: each[1] for name, each in fields.items() if each}
            statuses = enumerate(orders.statuses)
            self._said |= {f"status_{place}": each.label for place, each in statuses}

    def filled(self, part: Any, language: str = "") -> Any:
        """With the places filled in all texts; those below a language's name in that language."""
        match part:
            case str():
                return self._in(part, language)
            case list():
                return [self.filled(one, language) for one in part]
            case dict():
                return {
                    name: self.filled(one, name if name in LOCALES else language)
                    for name, one in part.items()
                }
        return part

    def said(self, texts: Texts, language: str) -> str:
        return self._in(_of(texts, language), language)

    def _in(self, text: str, language: str) -> str:
        for name, value in self._plain.items():
            text = text.replace(f"{{{name}}}", value)
        for name, texts in self._said.items() if language else ():
            text = text.replace(f"{{{name}}}", _of(texts, language))
        return text


def _of(texts: Texts, language: str) -> str:
    return texts.get(language) or texts[LOCALES[0]]


def _lowered(texts: Texts) -> Texts:
    """In the midst of a sentence; abbreviations stay as they are."""
    return {
        language: text[:1].lower() + text[1:] if text[1:2].islower() else text
        for language, text in texts.items()
    }


def _prefix(rule: str) -> str | None:
    """Of a serial number's rule what comes before all digits; None where more is between them.

    Callers key the whole number: also digits that each one begins with.
    """
    places = [*_PLACE.finditer(rule)]
    before, rest = rule[: places[0].start()], _PLACE.sub("", rule[places[0].start() :])
    before = before.rstrip(_DIGITS)
    return None if rest.strip(_DIGITS) or set(before) & set(_DIGITS) else before


def _statuses(settings: Given) -> tuple[Status, ...]:
    options = settings.get("options", [])
    found = tuple(Status(each["value"], each["label"]) for each in options)
    return found if len(found) <= _MOST_STATUSES else ()
