"""An e-mail address."""

import re
from typing import Any

from callcenter.expressions import Kind
from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Reading, first_character, read_text

_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}")


class Email(FieldType):
    key = "email"
    kind = Kind.TEXT

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        text = read_text(given, 254)
        if text is not None and not _ADDRESS.fullmatch(text):
            raise BadValue("validation.email")
        return text

    def veil(self, held: Any) -> str:
        return first_character(held)


TYPE = Email()
