"""The reference page is the registry's, and knows every word of the old product."""

from pathlib import Path

import pytest

from callcenter.rendering.instructions import INSTRUCTIONS
from callcenter.rendering.instructions.macros import MACROS, NOTES, instead
from callcenter.rendering.instructions.reference import FILE, main, page


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
