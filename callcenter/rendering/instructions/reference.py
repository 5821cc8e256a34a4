"""`python -m callcenter.rendering.instructions.reference`: write docs/templates.md from the registry.

With `--check` nothing is written, and it ends with 1 where the page says something else.
"""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from callcenter.core.places import PROJECT
from callcenter.rendering.instructions import INSTRUCTIONS, Group, Instruction, Kind, Reach
from callcenter.rendering.instructions.examples import DATA
from callcenter.rendering.instructions.jinja import BORROWED, Borrowed
from callcenter.rendering.instructions.macros import ACCESSORS, MACROS, instead

FILE = PROJECT / "docs" / "templates.md"

_HEADS: Mapping[Group, str] = {
    Group.FLOW: "Values that are missing, notes, texts within texts",
    Group.DATES: "Days and times",
    Group.TEXTS: "Texts",
    Group.NUMBERS: "Numbers",
    Group.DATA: "Lists, JSON and XML",
    Group.PEOPLE: "Who acts, and names of keys",
    Group.QUERIES: "Queries and commands",
    Group.OUTGOING: "Outside",
    Group.FILES: "Files of the enterprise",
}
_REACHES: Mapping[Reach, str] = {
    Reach.EVERYWHERE: "everywhere",
    Reach.READING: "asks the product",
    Reach.OUTSIDE: "scheduled tasks; a preview only says what would be done",
}
_BEGINNING = """# What templates know

Made by `python -m callcenter.rendering.instructions.reference`; change the instructions, not this page. How templates are written and used: [configuration](guides/configuration.md#templates).

A *filter* stands behind a value, `{{ value | name(…) }}`; a *function* stands alone, `{{ name(…) }}`. Both take only plain values. A name that is not known, or a value that does not fit, ends the template with its line. What asks the product does so as whoever acts may, at most 50 times and 20 seconds together in one rendering; where the product itself acts (a trigger), what some role does not see is withheld. Beside them there are the loops, conditions, macros and tests (`is defined`, `is none`, `is even` …) of [Jinja](https://jinja.palletsprojects.com/en/stable/templates/).
"""
_JINJA = """
Of [Jinja's own](https://jinja.palletsprojects.com/en/stable/templates/#list-of-builtin-filters):

| filter | what it does | example | result |
| --- | --- | --- | --- |
"""
_OLD = """
## From the old product

| macro | now |
| --- | --- |
"""
_REACHED = """
| value | now |
| --- | --- |
"""


def page() -> str:
    return "".join(_parts())


def _parts() -> Iterator[str]:
    yield _BEGINNING
    yield f"\nThe examples are rendered on this record: {_data()}.\n"
    for group, head in _HEADS.items():
        yield f"\n## {head}\n"
        for each in INSTRUCTIONS:
            if each.group is group:
                yield from _told(each)
        if borrowed := [each for each in BORROWED if each.group is group]:
            yield _JINJA
            yield from map(_in_line, borrowed)
    yield _OLD
    yield from (f"| `{macro}` | {instead(macro)} |\n" for macro in MACROS)
    yield _REACHED
    yield from (f"| `{old}` | {new} |\n" for old, new in ACCESSORS.items())


def _data() -> str:
    return ", ".join(f"`{key}` {value}" for key, value in DATA["record"].items())


def _in_line(borrowed: Borrowed) -> str:
    cells = (f"`{borrowed.signature}`", borrowed.summary, f"`{borrowed.example}`", borrowed.result)
    return f"| {' | '.join(_cell(each) for each in cells)} |\n"


def _cell(text: str) -> str:
    return text.replace("\n", "⏎").replace("|", "\\|")


def _told(instruction: Instruction) -> Iterator[str]:
    before = "value | " if instruction.kind is Kind.FILTER else ""
    yield f"\n### `{before}{instruction.signature}`\n\n{instruction.summary}"
    if instruction.refusals:
        yield f" {instruction.refusals}"
    yield f" *{_REACHES[instruction.reach].capitalize()}.*\n"
    yield f"\n```jinja\n{instruction.example}\n```\n\n→ {instruction.result}\n"
    if instruction.replaces:
        names = ", ".join(f"`{name}`" for name in instruction.replaces)
        yield f"\nStands for {names}.\n"


def main(arguments: list[str], file: Path = FILE) -> int:
    if "--check" not in arguments:
        file.write_text(page(), "utf-8")
        return 0
    fresh = file.exists() and file.read_text("utf-8") == page()
    if not fresh:
        sys.stderr.write(f"{file} is stale; run: python -m {__spec__.name}\n")
    return 0 if fresh else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
