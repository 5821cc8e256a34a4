"""Small flows to walk through."""

from typing import Any

import pytest

from ivr.model import Flow
from ivr.validation import read

SERVICE = "0192f0c1-0000-7000-8000-000000000001"


def say(text: str) -> list[dict[str, Any]]:
    return [{"text": {"en": text, "zh-CN": f"中{text}"}}]


def node(node_id: str, kind: str, settings: dict[str, Any] | None = None, **exits: str) -> Any:
    """Exits that begin with a digit are written `key_1`."""
    named = {name.removeprefix("key_"): target for name, target in exits.items()}
    return {"id": node_id, "kind": kind, "settings": settings or {}, "exits": named}


def definition(*nodes: dict[str, Any], start: str | None = None) -> dict[str, Any]:
    return {"start": start or nodes[0]["id"], "languages": ["en", "zh-CN"], "nodes": list(nodes)}


BYE = node("bye", "hang_up")
AGENTS = node("agents", "transfer", {"kind": "service", "target": SERVICE})


def menu(node_id: str = "menu", tries: int = 2, **exits: str) -> dict[str, Any]:
    settings = {
        "prompts": say("choose"),
        "keys": ["1", "2"],
        "tries": tries,
        "on_timeout": say("nothing"),
        "on_invalid": say("wrong"),
    }
    ways = {"key_1": "agents", "key_2": "bye", "timeout": "bye", "invalid": "bye"} | exits
    return node(node_id, "menu", settings, **ways)


def collect(**settings: Any) -> dict[str, Any]:
    entry = {"prompts": say("enter"), "variable": "code", "minimum": 2, "maximum": 4, "tries": 2}
    return node(
        "code", "collect", entry | settings, collected="agents", timeout="bye", invalid="bye"
    )


@pytest.fixture
def menu_flow() -> Flow:
    return read(definition(menu(), AGENTS, BYE))
