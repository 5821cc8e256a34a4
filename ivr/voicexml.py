"""What a VoiceXML document (2.0, 2.1) is and says. Pure; nothing that it names is ever fetched.

A document is read as text in the encoding that it declares, and refused with a document type before
any parser sees it: entities, defaults and files of elsewhere have no other way in.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

from lxml import etree

LARGEST = 1024 * 1024
MOST_NAMED = 1000
"""Different sounds, and different addresses, of one document."""

NAMESPACE = "http://www.w3.org/2001/vxml"
VERSIONS = frozenset({"2.0", "2.1"})
LONGEST_TITLE = 200
LONGEST_ADDRESS = 500
"""Characters that are told of an address; the rest is cut off."""

_ENCODINGS = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "ascii": "ascii", "iso-8859-1": "latin-1",
    "gb18030": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "big5": "big5",
}  # fmt: skip
"""None in which a sign of markup can be written in two ways."""

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_DECLARED = re.compile(r"\A<\?xml\s[^>]*?\?>")
_ENCODING = re.compile(rb"""\A<\?xml\s[^>]*?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']""")
_PROLOGUE = re.compile(r"(?:\s+|<!--.*?-->|<\?.*?\?>)*+", re.DOTALL)
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_SOUND = re.compile(r"\.(wav|mp3|ogg|opus|webm|vox|au|snd|ulaw|alaw|gsm|raw)\Z", re.IGNORECASE)
_TITLES = frozenset({"title", "dc.title", "dc:title"})
_DUBLIN_CORE = ("http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/")
_NAMING = {
    "choice": ("next",), "data": ("src",), "goto": ("next",), "grammar": ("src",), "lexicon": ("uri",),
    "link": ("next",), "object": ("classid", "data"), "script": ("src",), "subdialog": ("src",),
    "submit": ("next",), "transfer": ("dest",), "vxml": ("application",),
}  # fmt: skip
"""Element → its attributes that lead elsewhere."""


class Fault(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    ENCODING = "encoding"
    DOCUMENT_TYPE = "document_type"
    MALFORMED = "malformed"
    NOT_VOICEXML = "not_voicexml"
    NAMESPACE = "namespace"
    VERSION = "version"
    TOO_MANY_NAMES = "too_many_names"


class BadDocument(ValueError):
    """line: from 1, or 0 where it is of the whole; detail: what was found there, in no language."""

    def __init__(self, fault: Fault, line: int = 0, detail: str = "") -> None:
        super().__init__(fault)
        self.fault = fault
        self.line = line
        self.detail = detail[:LONGEST_TITLE]


@dataclass(frozen=True, slots=True)
class Document:
    """languages: as written, the document's own first. forms and menus: its dialogs.

    sounds     addresses of files that it plays, each once
    computed   how often it plays what only the call will tell
    addresses  whatever else it leads to or loads, each once
    loose      dialogs of its own that it leads to and that are not there
    """

    vxml: str
    title: str
    languages: tuple[str, ...]
    forms: int
    menus: int
    sounds: tuple[str, ...]
    computed: int
    addresses: tuple[str, ...]
    loose: tuple[str, ...]


def read(content: bytes) -> Document:
    """Raises BadDocument."""
    root = _parsed(_text(content))
    _check(root)
    forms, menus = (root.findall(_own(name)) for name in ("form", "menu"))
    addresses = _once(_addresses(root))
    here = {f"#{each.get('id')}" for each in (*forms, *menus) if each.get("id")}
    sounds = [*root.iter(_own("audio"))]
    return Document(
        vxml=root.get("version"),
        title=_title(root),
        languages=_languages(root),
        forms=len(forms),
        menus=len(menus),
        sounds=_once(each.get("src", "").strip() for each in sounds),
        computed=sum(1 for each in sounds if each.get("expr")),
        addresses=tuple(each for each in addresses if not each.startswith("#")),
        loose=tuple(each for each in addresses if each.startswith("#") and each not in here),
    )


def file_key(name: str) -> str:
    """By which a sound and a prompt are one: the last part of an address or name, without its ending."""
    path = re.split(r"[?#]", name, maxsplit=1)[0].replace("\\", "/")
    last = unicodedata.normalize("NFC", unquote(path).rpartition("/")[2])
    return _SOUND.sub("", last).casefold()


def _text(content: bytes) -> str:
    """Without its declaration, the lines as they were."""
    if not content.strip():
        raise BadDocument(Fault.EMPTY)
    marked = next(((mark, coding) for mark, coding in _MARKS if content.startswith(mark)), None)
    mark, coding = marked or (b"", "")
    try:
        if coding.startswith("utf-16"):
            return _undeclared(content[len(mark) :].decode(coding))
        found = _ENCODING.match(content[len(mark) :])
        named = found[1].decode().lower() if found else "utf-8"
        declared = _ENCODINGS.get(named)
        # UTF-16 without its mark reads as UTF-8 full of zeros.
        if declared is None or (coding and declared != coding) or b"\0" in content:
            raise BadDocument(Fault.ENCODING, 1, named)
        return _undeclared(content[len(mark) :].decode(declared))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadDocument(Fault.ENCODING, line, error.encoding) from error


def _undeclared(text: str) -> str:
    """The parser is told the encoding, and shall not believe another."""
    return _DECLARED.sub(lambda found: "\n" * found[0].count("\n"), text, count=1)


def _parsed(text: str) -> etree._Element:
    # Anywhere else in a document that is well-formed it is only text.
    found = _PROLOGUE.match(text)
    begin = found.end() if found else 0
    if text.startswith("<!DOCTYPE", begin):
        raise BadDocument(Fault.DOCUMENT_TYPE, text.count("\n", 0, begin) + 1)
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False,
        dtd_validation=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        first = next(iter(parser.error_log), None)
        line, said = (first.line, first.message) if first else (error.lineno or 0, str(error))
        raise BadDocument(Fault.MALFORMED, line, said) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadDocument(Fault.DOCUMENT_TYPE, 1)
    return root


def _check(root: etree._Element) -> None:
    name = etree.QName(root)
    if name.localname != "vxml":
        raise BadDocument(Fault.NOT_VOICEXML, root.sourceline or 0, name.localname)
    if name.namespace != NAMESPACE:
        raise BadDocument(Fault.NAMESPACE, root.sourceline or 0, name.namespace or "")
    if root.get("version") not in VERSIONS:
        raise BadDocument(Fault.VERSION, root.sourceline or 0, root.get("version", ""))


def _own(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _once(found: Iterable[str]) -> tuple[str, ...]:
    """Raises BadDocument for more than can be told. What a document carries itself is no name."""
    names = dict.fromkeys(
        each[:LONGEST_ADDRESS] for each in found if each and not each.lower().startswith("data:")
    )
    if len(names) > MOST_NAMED:
        raise BadDocument(Fault.TOO_MANY_NAMES, 0, str(len(names)))
    return tuple(names)


def _addresses(root: etree._Element) -> Iterator[str]:
    # The parser's own search: one in Python over all elements takes seconds.
    for element in root.iter(*map(_own, _NAMING)):
        for attribute in _NAMING[etree.QName(element).localname]:
            yield element.get(attribute, "").strip()


def _languages(root: etree._Element) -> tuple[str, ...]:
    """In the order of the document, which says its own first; whatever their case, each once."""
    found: dict[str, str] = {}
    for each in root.xpath("//@xml:lang", smart_strings=False):
        if _LANGUAGE.fullmatch(said := each.strip()):
            found.setdefault(said.casefold(), said)
    return _once(found.values())


def _title(root: etree._Element) -> str:
    return " ".join(next((each for each in _titles(root) if each.strip()), "").split())[
        :LONGEST_TITLE
    ]


def _titles(root: etree._Element) -> Iterator[str]:
    """Of its `meta` first, else of the Dublin Core in its `metadata`: an element or an attribute."""
    for meta in root.iterfind(_own("meta")):
        if meta.get("name", "").lower() in _TITLES:
            yield meta.get("content", "")
    for metadata in root.iterfind(_own("metadata")):
        for element in metadata.iter(etree.Element):
            for space in _DUBLIN_CORE:
                for name in ("title", "Title"):
                    yield element.get(f"{{{space}}}{name}", "")
                    if element.tag == f"{{{space}}}{name}":
                        yield "".join(element.itertext())
