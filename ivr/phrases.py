"""Fixed phrases, some with a number in them: what the waiting hear, what flows say of themselves.

config/flows/phrases.json: key → language → the pieces in order; `{number}` stands for the words of
the number, so every piece is a clip that can be made beforehand. `{code}` stands inside a piece for
an agent's number, whose clip is made with the agent.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ivr.model import LANGUAGES, Clip
from ivr.numerals import number

_FILE = Path(__file__).resolve().parents[1] / "config" / "flows" / "phrases.json"
_PLACE, _CODE = "{number}", "{code}"


def phrase(key: str, language: str, value: int) -> tuple[Clip, ...]:
    """The clips that say it, as `phrase("queue.position", "en", 3)`."""
    clips: list[Clip] = []
    for piece in _phrases()[key][language]:
        words = number(value, language) if piece == _PLACE else [piece]
        clips += [Clip(language, word, shared=True) for word in words]
    return tuple(clips)


def agent_clip(language: str, employee_code: str) -> Clip:
    """One clip for all of it: Dial plays a single file. The code is said character by character."""
    (piece,) = _phrases()["agent.number"][language]
    return Clip(language, piece.replace(_CODE, f" {' '.join(employee_code)} "), shared=True)


def fixed(key: str, language: str) -> tuple[Clip, ...]:
    """The clips of a phrase without a number."""
    return phrase(key, language, 0)


def phrase_clips() -> frozenset[Clip]:
    """The fixed pieces of all phrases: to be made at start, with the words of numbers."""
    return frozenset(
        Clip(language, piece, shared=True)
        for pieces in _phrases().values()
        for language in LANGUAGES
        for piece in pieces[language]
        if piece != _PLACE and _CODE not in piece
    )


@cache
def _phrases() -> Mapping[str, Mapping[str, list[str]]]:
    loaded: dict[str, dict[str, list[str]]] = json.loads(_FILE.read_text("utf-8"))
    return loaded
