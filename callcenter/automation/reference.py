"""docs/commands.md: what scheduled tasks and others can have done, out of the registry.

`python -m callcenter.automation.reference` writes it; `--check` says when it is stale.
"""

import sys
from collections.abc import Iterator

from callcenter.automation.commands import COMMANDS
from callcenter.automation.commands.base import Command, Parameter
from callcenter.core.places import PROJECT

FILE = PROJECT / "docs" / "commands.md"

HEAD = """# Commands

Made by `python -m callcenter.automation.reference` from `callcenter/automation/commands`: one file
each, with typed parameters, the right that whoever sets it up needs, and who may call it. A run has
the rights of whoever saved its task last.
"""


def page() -> str:
    return "\n".join([HEAD, *(_command(COMMANDS[key]) for key in sorted(COMMANDS))])


def _command(command: Command) -> str:
    what = " ".join((sys.modules[type(command).__module__].__doc__ or "").split("\n\n")[0].split())
    callers = ", ".join(sorted(command.callers))
    return f"""## `{command.key}`

{what} Needs `{command.needs}`. Called by: {callers}.

| parameter | kind | |
| --- | --- | --- |
{chr(10).join(map(_parameter, command.parameters))}
"""


def _parameter(parameter: Parameter) -> str:
    return f"| `{parameter.name}` | {parameter.kind} | {'; '.join(_told(parameter))} |"


def _told(parameter: Parameter) -> Iterator[str]:
    if parameter.kind == "number":
        yield f"{parameter.least} to {parameter.most}"
    if parameter.options:
        yield ", ".join(f"`{one}`" for one in parameter.options)
    if parameter.types:
        yield f"of type {', '.join(parameter.types)}"
    if parameter.default is not None:
        yield f"`{parameter.default}` where it is not given"
    elif not parameter.required:
        yield "may be left out"


def main() -> None:
    made = page()
    if "--check" not in sys.argv:
        FILE.write_text(made, "utf-8")
    elif not FILE.exists() or FILE.read_text("utf-8") != made:
        raise SystemExit(f"{FILE.name} is stale: python -m callcenter.automation.reference")


if __name__ == "__main__":
    main()
