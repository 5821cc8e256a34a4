"""The reference page is the registry's, and knows every word of the old product."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from callcenter.rendering.instructions import INSTRUCTIONS
from callcenter.rendering.instructions.macros import ACCESSORS, MACROS, NOTES, instead
from callcenter.rendering.instructions.reference import FILE, main, page
from callcenter.rendering.language import render

WORLD: Mapping[str, Any] = {
    "record": {"field": "处理中"},
    "codes": {"field": "open"},
    "now": datetime(2026, 11, 27, 18, 5, tzinfo=ZoneInfo("Asia/Shanghai")),
    "user": {"name": "李明", "code": "8001", "role": "agent"},
    "enterprise": {"name": "海蓝电器"},
    "list": ["甲", "乙"],
    "map": {"city": "上海"},
    "key": "city",
    "text": "vip",
}
"""What templates of the product are given, and values that one may have made itself."""

REACHED: Mapping[str, list[str]] = {
    "$record.field, $bean.field": ["处理中"],
    "$code.field": ["open"],
    "$now, $date, $time": ["2026-11-27", "18:05"],
    "$user.name, $user.code, $user.role": ["李明", "8001", "agent"],
    "$corp.name": ["海蓝电器"],
    "$list.size": ["2"],
    "$list.get(0), $map.get(key)": ["甲", "上海"],
    "$text.method()": ["VIP"],
}
"""Of each row of the table of accessors: what its new forms come to."""


def test_the_kept_page_is_the_registry_s() -> None:
    again = "run: python -m callcenter.rendering.instructions.reference"
    assert FILE.read_text("utf-8") == page(), again


def test_a_stale_page_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "templates.md"
    assert main(["--check"], kept) == 1
    assert "is stale" in capsys.readouterr().err
    main([], kept)
    assert main(["--check"], kept) == 0
    kept.write_text(page().replace("nvl", "nvm"))
    assert main(["--check"], kept) == 1


def test_every_macro_of_the_old_product_has_its_instruction_or_another_way() -> None:
    assert len(set(MACROS)) == 43
    assert [macro for macro in MACROS if not instead(macro)] == []
    named = {macro for each in INSTRUCTIONS for macro in each.replaces}
    assert (named | NOTES.keys()) <= set(MACROS)


@pytest.mark.parametrize("old", ACCESSORS)
def test_every_accessor_of_the_old_product_has_a_form_that_reaches_its_value(old: str) -> None:
    forms = re.findall(r"\{\{.*?\}\}", ACCESSORS[old].replace("\\|", "|"))
    assert [render(form, WORLD, "zh-CN", html=False) for form in forms] == REACHED[old]
