"""A choice in levels: each option may name its parent; a leaf is chosen."""

import re
from typing import Any, ClassVar

from callcenter.core.i18n import LOCALES
from callcenter.expressions import Kind
from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Named, Reading, Showing
from callcenter.objects.types.cells import text_of, words_of
from callcenter.objects.types.choice import TYPE as CHOICE
from callcenter.objects.types.choice import label_of, option_named, options_of

_BETWEEN = re.compile(r"\s*[/>＞]\s*")


class Cascade(FieldType):
    key = "cascade"
    kind = Kind.TEXT
    settings: ClassVar = FieldType.settings | {"options", "codes"}

    def check(self, definition: Field) -> str | None:
        options = options_of(definition)
        for value in options:
            if len(self._path(definition, value)) > len(options):
                return "validation.bad_options"
        return CHOICE.check(definition)

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        chosen = CHOICE.read(definition, given, reading)
        parents = {option.get("parent") for option in options_of(definition).values()}
        if chosen is not None and chosen in parents:
            raise BadValue("validation.choose_leaf")
        return chosen

    def take(self, definition: Field, cell: Any, named: Named) -> Any:
        """Value, label, or the labels from the root as they are shown: `Repair / Heater`."""
        text = text_of(cell)
        if text is None:
            return None
        wanted = _BETWEEN.sub("/", words_of(text))
        for value in options_of(definition):
            for locale in LOCALES:
                if _BETWEEN.sub("/", words_of(self._shown(definition, value, locale))) == wanted:
                    return value
        return option_named(definition, text)

    def display(self, definition: Field, held: Any, showing: Showing) -> str | None:
        return self._shown(definition, held, showing.locale)

    def _shown(self, definition: Field, held: str, locale: str) -> str:
        options = options_of(definition)
        path = self._path(definition, held)
        return " / ".join(label_of(options.get(value), value, locale) for value in path)

    def _path(self, definition: Field, value: str) -> list[str]:
        """From the root to the value; longer than all options where parents go in a circle."""
        options = options_of(definition)
        path = [value]
        while (parent := options.get(path[0], {}).get("parent")) and len(path) <= len(options):
            path.insert(0, parent)
        return path


TYPE = Cascade()
