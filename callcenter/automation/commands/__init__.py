"""The registry of commands: every module of this package that has a `COMMAND`.

A new command is one new file here and its captions.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from callcenter.automation.commands.base import Command


def _registered() -> Mapping[str, Command]:
    modules = [import_module(f"{__name__}.{entry.name}") for entry in iter_modules(__path__)]
    commands: list[Command] = [module.COMMAND for module in modules if hasattr(module, "COMMAND")]
    return {each.key: each for each in commands}


COMMANDS = _registered()
