"""An address on the web. Only http and https: whatever else a browser would carry out is refused."""

import re
from typing import Any
from urllib.parse import urlsplit

from callcenter.expressions import Kind
from callcenter.objects.errors import BadValue
from callcenter.objects.types.base import Field, FieldType, Reading, read_text

LONGEST = 2000
_UNSAFE = re.compile(r"[\s<>\"\\^`{|}]")


class Url(FieldType):
    key = "url"
    kind = Kind.TEXT

    def read(self, definition: Field, given: Any, reading: Reading) -> Any:
        text = read_text(given, LONGEST)
        if text is None:
            return None
        try:
            parts = urlsplit(text)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise BadValue("validation.url") from None
        if parts.scheme not in ("http", "https") or not host or _UNSAFE.search(text):
            raise BadValue("validation.url")
        # Who reads an address takes what stands before an @ for the place it leads to.
        if "@" in parts.netloc:
            raise BadValue("validation.url")
        return text


TYPE = Url()
