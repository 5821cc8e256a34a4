"""The registry of actions: every module of this package that has an `ACTION`.

A new action is one new file here and its form in the designer's registry.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from marshmallow import ValidationError, fields

from callcenter.objects.triggers.actions.base import Action


def _registered() -> Mapping[str, Action]:
    modules = [import_module(f"{__name__}.{entry.name}") for entry in iter_modules(__path__)]
    actions: list[Action] = [module.ACTION for module in modules if hasattr(module, "ACTION")]
    return {each.key: each for each in actions}


ACTIONS = _registered()


def action_of(document: Mapping[str, Any]) -> Action:
    return ACTIONS[document["do"]]


class ActionField(fields.Field[Any]):
    """An action's document, of the form that its kind has."""

    def _deserialize(self, value: Any, *_given: Any, **_options: Any) -> Any:
        known = ACTIONS.get(str(value.get("do"))) if isinstance(value, Mapping) else None
        if known is None:
            raise ValidationError({"do": ["validation.unknown_action"]})
        return known.shape().load(value)
