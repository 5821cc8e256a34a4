"""One of the options; an inactive option stays readable and cannot be chosen anew.

The options are the field's own, or those of the code table that it names.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from callcenter.expressions import Kind
from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Named, Reading, Showing
from callcenter.objects.types.cells import text_of, words_of


def options_of(definition: Field) -> Mapping[str, Mapping[str, Any]]:
    return {option["value"]: option for option in definition.setting("options", [])}


def option_named(definition: Field, text: str) -> str:
    """The option whose value or label in any language it is; raises BadValue."""
    options = options_of(definition)
    if text in options:
        return text
    said = words_of(text)
    found = [
        value
        for value, option in options.items()
        if said in {words_of(value), *map(words_of, option.get("label", {}).values())}
    ]
    # What can no longer be chosen gives way to what can.
    found = [value for value in found if options[value].get("active", True)] or found
    if not found:
        raise BadValue("validation.unknown_choice")
    if len(found) > 1:
        raise BadValue("validation.ambiguous")
    return found[0]


def label_of(option: Mapping[str, Any] | None, value: str, locale: str) -> str:
    label = (option or {}).get("label", {})
    return str(label.get(locale) or label.get("zh-CN") or value)


def whole_option(option: Mapping[str, Any]) -> dict[str, Any]:
    """With what an answer tells of every option."""
    return {"color": None, "parent": None, "active": True, "closed": False, **option}


class Choice(FieldType):
    key = "choice"
    kind = Kind.TEXT
    settings: ClassVar = FieldType.settings | {"options", "codes"}

    def check(self, definition: Field) -> str | None:
        if definition.setting("codes"):
            return "validation.bad_options" if definition.setting("options") else None
        values = [option["value"] for option in definition.setting("options", [])]
        return None if values and len(values) == len(set(values)) else "validation.bad_options"

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        if given is None or given == "":
            return None
        option = options_of(definition).get(given) if isinstance(given, str) else None
        if option is None or not option.get("active", True):
            raise BadValue("validation.unknown_choice")
        return given

    def take(self, definition: Field, cell: Any, named: Named) -> Any:
        text = text_of(cell)
        return None if text is None else option_named(definition, text)

    def display(self, definition: Field, held: Any, showing: Showing) -> str | None:
        # Not by `options_of`: it makes a table of all options, for each value that is shown.
        options = definition.setting("options", [])
        option = next((each for each in options if each["value"] == held), None)
        return label_of(option, held, showing.locale)


TYPE = Choice()
