"""What templates know, as the API tells it to whoever writes one."""

from functools import cache
from typing import Any

from callcenter.core.i18n import LOCALES, caption
from callcenter.rendering.instructions import INSTRUCTIONS, Instruction
from callcenter.rendering.instructions.jinja import BORROWED, Borrowed


@cache
def reference() -> list[dict[str, Any]]:
    """As `schemas.TemplateInstruction` says, the product's own first."""
    known: list[Instruction | Borrowed] = [*INSTRUCTIONS, *BORROWED]
    return [_told(each) for each in known]


def _told(instruction: Instruction | Borrowed) -> dict[str, Any]:
    about = f"instruction.about.{instruction.name}"
    return {
        "name": instruction.name,
        "kind": instruction.kind.value,
        "group": instruction.group.value,
        "signature": instruction.signature,
        "summary": {locale: caption(about, locale) for locale in LOCALES},
        "example": instruction.example,
        "result": instruction.result,
        "replaces": [*instruction.replaces],
        "reach": instruction.reach.value,
    }
