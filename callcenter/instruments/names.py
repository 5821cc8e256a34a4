"""Names of files: in the enterprise's folder, and on servers beneath the folder of each. Pure."""

import re
import unicodedata

from callcenter.instruments.errors import BadFileName

LONGEST = 200
DEEPEST = 5
_FORBIDDEN = re.compile(r'[\\:*?"<>|]')


def file_name(given: str) -> str:
    """`reports/2026/orders.csv`, as it is kept. Raises BadFileName."""
    return "/".join(_parts(given))


def remote_path(folder: str, given: str) -> str:
    """Beneath a server's folder, which a path never leaves; empty is the folder itself. Raises BadFileName."""
    inside = "/".join(_parts(given.strip("/"))) if given.strip("/") else ""
    if not folder:
        return inside or "."
    return f"{folder.rstrip('/')}/{inside}".rstrip("/") or "/"


def _parts(given: str) -> list[str]:
    text = unicodedata.normalize("NFC", given)
    parts = text.split("/")
    if len(text) > LONGEST or len(parts) > DEEPEST or any(map(_is_bad, parts)):
        raise BadFileName({"name": given[:100]}, fields={"name": ["files.bad_name"]})
    return parts


def _is_bad(part: str) -> bool:
    """Also what cannot be seen, and what some systems take for another name."""
    hidden = any(unicodedata.category(each)[0] == "C" for each in part)
    odd = part != part.strip(" ") or part.endswith(".") or bool(_FORBIDDEN.search(part))
    return not part or hidden or odd
