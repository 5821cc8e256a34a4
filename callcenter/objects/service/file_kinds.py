"""Which files may be attached: told by what they hold, never by their name. Pure but for reading them."""

import codecs
import re
import unicodedata
from pathlib import Path

from callcenter.objects.archives import BadArchive, archive

_HEAD = 64 * 1024
_LONGEST_NAME = 120

_MAGIC = (
    (re.compile(rb"%PDF-\d"), "application/pdf"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"RIFF....WAVE", re.DOTALL), "audio/wav"),
    (re.compile(rb"ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]"), "audio/mpeg"),
    (re.compile(rb"OggS"), "audio/ogg"),
    (
        re.compile(rb"....ftyp(?:isom|iso[2-9]|mp4|avc1|M4[AV]|MSNV|dash|qt)", re.DOTALL),
        "video/mp4",
    ),
)
_OFFICE = {
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ppt/presentation.xml":
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}  # fmt: skip
_ENDINGS = {
    "application/pdf": ("pdf",),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/gif": ("gif",),
    "image/webp": ("webp",),
    "audio/wav": ("wav",),
    "audio/mpeg": ("mp3",),
    "audio/ogg": ("ogg", "oga", "opus"),
    "video/mp4": ("mp4", "m4v", "m4a", "mov"),
    "application/zip": ("zip",),
    "text/plain": ("txt", "log", "md"),
    "text/csv": ("csv",),
    **{kind: (place.split("/")[0].replace("xl", "xls").replace("word", "doc") + "x",)
       for place, kind in _OFFICE.items()},
}  # fmt: skip
INLINE = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a browser may show; all else is only saved."""

_ACTIVE = re.compile(
    r"<\s*(?:!doctype|\?xml|html|head|body|svg|script|iframe|object|embed)", re.IGNORECASE
)
_UNPRINTED = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_FORBIDDEN = re.compile(r'[<>:"|?*\\/]')
_ENCODINGS = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def kind_of(file: Path, name: str) -> str | None:
    """The media type, None for what is not taken: programs, pages, drawings with scripts, the rest."""
    with file.open("rb") as stream:
        head = stream.read(_HEAD)
    for pattern, kind in _MAGIC:
        if pattern.match(head):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _packed(file)
    if _is_text(head):
        return "text/csv" if name.lower().endswith(".csv") else "text/plain"
    return None


def clean_name(given: str, kind: str) -> str:
    """What people called it: no path, nothing invisible, and an ending that says what it is."""
    text = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(each for each in text if unicodedata.category(each)[0] != "C")
    text = _FORBIDDEN.sub("_", text).strip(" .")
    endings = _ENDINGS[kind]
    stem, dot, ending = text.rpartition(".")
    if not dot or ending.lower() not in endings:
        stem, ending = text, endings[0]
    stem = stem[: _LONGEST_NAME - len(ending) - 1].strip(" .")
    return f"{stem or 'file'}.{ending}"


def _packed(file: Path) -> str | None:
    """By the list of what is in it; nothing is unpacked."""
    try:
        with archive(file) as opened:
            names = {each.lower() for each in opened.namelist()}
    except BadArchive:
        return None
    if any(name.endswith("vbaproject.bin") for name in names):
        return None
    office = [kind for place, kind in _OFFICE.items() if place in names]
    return office[0] if office else "application/zip"


def _is_text(head: bytes) -> bool:
    encoding = next((name for mark, name in _ENCODINGS if head.startswith(mark)), None)
    for candidate in (encoding,) if encoding else ("utf-8-sig", "gb18030"):
        try:
            # The head may end within a character.
            text = codecs.getincrementaldecoder(candidate)("strict").decode(head)
        except UnicodeDecodeError:
            continue
        plain = not _UNPRINTED.search(text) and not _ACTIVE.search(text)
        return plain and not text.startswith("#!")
    return False
