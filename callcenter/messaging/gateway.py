"""An SMS gateway as its settings describe it: what it is sent, and what its answer means. Pure.

Places in the address, the headers and the body: `{{to}}` (as dialled in the country),
`{{to_e164}}`, `{{text}}`, `{{id}}` and `{{secret}}`. They are filled in where the text has been
taken apart, so no value can change its structure.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from callcenter.core.outbound import Answer
from callcenter.messaging.outcomes import Ending, Outcome

PLACES = ("to", "to_e164", "text", "id", "secret")
_PLACE = re.compile(r"\{\{\s*([a-z0-9_]+)\s*\}\}")
_SHOWN = 200
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None


def unknown_places(text: str) -> list[str]:
    return sorted({name for name in _PLACE.findall(text) if name not in PLACES})


def request_of(settings: Mapping[str, Any], words: Words) -> Request:
    """Of settings that have been checked (`faults`)."""
    headers = {name: _header(text, words) for name, text in settings["headers"].items()}
    url = _put(settings["url"], words, lambda value: quote(value, safe=""))
    if settings["method"] == "GET":
        return Request("GET", url, headers, None)
    if settings["format"] == "json":
        document = _filled(json.loads(settings["body"]), words)
        body = json.dumps(document, ensure_ascii=False).encode()
        return Request("POST", url, {"Content-Type": "application/json", **headers}, body)
    pairs = [(name, _put(text, words, str)) for name, text in parse_qsl(settings["body"], True)]
    kind = "application/x-www-form-urlencoded; charset=utf-8"
    return Request("POST", url, {"Content-Type": kind, **headers}, urlencode(pairs).encode())


def faults(settings: Mapping[str, Any]) -> dict[str, str]:
    """Part of the settings → caption of what is wrong with it."""
    found: dict[str, str] = {}
    for name in ("url", "body"):
        if unknown_places(settings[name]):
            found[name] = "channel.unknown_place"
    if any(unknown_places(text) for text in settings["headers"].values()):
        found["headers"] = "channel.unknown_place"
    part = "url" if settings["method"] == "GET" else "body"
    used = {"url": settings["url"], part: settings[part], **settings["headers"]}
    named = set(_PLACE.findall(" ".join(used.values())))
    if "text" not in named or not named & {"to", "to_e164"}:
        found.setdefault(part, "channel.place_missing")
    if settings["idempotent"] and "id" not in named:
        found["idempotent"] = "channel.no_id"
    if part == "body" and settings["format"] == "json" and not _is_json(settings["body"]):
        found["body"] = "validation.json"
    return found


def outcome_of(settings: Mapping[str, Any], answer: Answer) -> Outcome:
    """What the gateway has said; of an answer that nobody can read it is not known whether it went."""
    status = answer.status
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        return Outcome(Ending.UNSENT, "outbound.refused", {"status": status})
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Outcome(Ending.UNKNOWN, "outbound.refused", {"status": status})
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Outcome(Ending.REFUSED, "outbound.refused", {"status": status})
    text = answer.content.decode("utf-8", "replace")
    provider_id = str(_at(text, settings["id_path"]) or "")[:100]
    if _is_success(settings["success"], text):
        return Outcome(Ending.SENT, provider_id=provider_id)
    said = {"answer": " ".join(text.split())[:_SHOWN]}
    return Outcome(Ending.REFUSED, "message.gateway_refused", said, provider_id)


def _is_success(test: Mapping[str, str], text: str) -> bool:
    if test["by"] == "status":
        return True
    if test["by"] == "text":
        return test["value"] in text
    found = _at(text, test["path"])
    return found is not None and told(found) == test["value"]


def _at(text: str, path: str) -> Any:
    """What stands in an answer of JSON under `data.0.id`; None where there is nothing."""
    if not path:
        return None
    try:
        document: Any = json.loads(text)
    except ValueError:
        return None
    return at(document, path)


def at(document: Any, path: str) -> Any:
    """What stands under `data.0.id`, the whole under none; None where there is nothing."""
    found = document
    for step in path.split(".") if path else ():
        if isinstance(found, Mapping):
            found = found.get(step)
        elif isinstance(found, list) and step.isdigit() and int(step) < len(found):
            found = found[int(step)]
        else:
            return None
    return found


def told(value: Any) -> str:
    """What a gateway has said, as settings write it."""
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _filled(document: Any, words: Words) -> Any:
    if isinstance(document, str):
        return _put(document, words, str)
    if isinstance(document, list):
        return [_filled(each, words) for each in document]
    if isinstance(document, dict):
        return {key: _filled(value, words) for key, value in document.items()}
    return document


def _put(text: str, words: Words, written: Callable[[str], str]) -> str:
    return _PLACE.sub(lambda place: written(words[place[1]]), text)


def _header(text: str, words: Words) -> str:
    """In one line, and in UTF-8: a header's characters stand for one byte each."""
    filled = _put(text, words, lambda value: re.sub(r"[\r\n\x00]+", " ", value))
    return filled.encode().decode("latin-1")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
