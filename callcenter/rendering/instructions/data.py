"""JSON and XML, read and written. Pure; what is read has no entities, no files and no network."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from lxml import etree

from callcenter.rendering.errors import Refused
from callcenter.rendering.instructions.base import Group, filter_
from callcenter.rendering.plain import Pretended, plain

_LONGEST_PATH = 500
_DEEPEST = 50
_WIDEST_INDENT = 8
_TOLD = 120
_DECLARED = re.compile(r"\A\s*<\?xml\b[^>]*\?>")
_NAME = re.compile(r"[A-Za-z_\u00b7-\U000effff][\w.\u00b7-]*")
_UNWRITABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@filter_(Group.DATA, "cinObj2Json")
def to_json(value: Any, indent: Any = 0) -> str:
    """A value as JSON; days and moments as texts.

    {{ {'name': record.name, 'day': record.day} | to_json }} → {"name": "王秀兰", "day": "2026-11-27"}

    Refused for what is kept from some who read the text, and for what is no value.
    """
    if not isinstance(indent, int) or not 0 <= indent <= _WIDEST_INDENT:
        raise Refused("instruction.argument", {"argument": "indent"})
    known = plain(value)
    return json.dumps(known, ensure_ascii=False, indent=indent or None, default=_written)


@filter_(Group.DATA, "cinJson2Obj")
def from_json(text: Any) -> Any:
    """The value that a JSON text says.

    {{ ('{"city": {"name": "上海"}}' | from_json).city.name }} → 上海

    Refused for what is no JSON.
    """
    if text is None:
        return None
    try:
        return json.loads(str(text), parse_float=Decimal, parse_constant=_no_number)
    except ValueError as fault:
        raise Refused("instruction.no_json", {"fault": _short(fault)}) from None


@filter_(Group.DATA, "cinXml2Obj", "cinXmlParse")
def from_xml(text: Any) -> Any:
    """The value that an XML text says, its outermost element: a text, or values by name, of which `@name` are attributes, `#text` is the text beside them, and those that repeat are lists. Names are without their namespaces.

    {{ ('<order id="7"><item>A</item><item>B</item></order>' | from_xml).item | join('+') }} → A+B

    Refused for what is no XML, and for XML with a document type.
    """
    return None if text is None else _value(_read(text))


@filter_(Group.DATA)
def to_xml(value: Any, root: str = "root") -> str:
    """A value as XML, the reverse of `from_xml`.

    {{ {'order': {'@id': 7, 'item': ['A', 'B']}} | to_xml('orders') }} → <orders><order id="7"><item>A</item><item>B</item></order></orders>

    Refused for names that XML does not have, and for what is no value.
    """
    element = etree.Element(_name(root))
    _fill(element, plain(value))
    return str(etree.tostring(element, encoding="unicode"))


@filter_(Group.DATA, "cinXmlSel")
def xpath(text: Any, path: str) -> list[Any]:
    """What an XPath finds in an XML text: the texts of elements and attributes. Names are without their namespaces.

    {{ '<a><b n="1"/><b n="2"/></a>' | xpath('//b/@n') | join(',') }} → 1,2

    Refused for what is no XML, and a path that is not understood.
    """
    return [] if text is None else [_text(each) for each in _found(text, path)]


@filter_(Group.DATA, "cinXmlSel")
def xml_value(text: Any, path: str) -> Any:
    """The first that an XPath finds in an XML text; nothing where it finds none.

    {{ '<a><b>甲</b><b>乙</b></a>' | xml_value('//b') }} → 甲

    Refused like `xpath`.
    """
    found = [] if text is None else _found(text, path)
    return _text(found[0]) if found else None


@filter_(Group.DATA, "cinXmlForEach")
def xml_nodes(text: Any, path: str) -> list[Any]:
    """The elements that an XPath finds in an XML text, to be gone through, each as `from_xml` says it.

    {% for order in '<a><o><n>1</n></o><o><n>2</n></o></a>' | xml_nodes('//o') %}[{{ order.n }}]{% endfor %} → [1][2]

    Refused like `xpath`.
    """
    found = [] if text is None else _found(text, path)
    return [_text(each) if not _is_element(each) else _value(each) for each in found]


def _written(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case Pretended():
            return None
    raise Refused("instruction.no_value")


def _no_number(said: str) -> Any:
    raise ValueError(f"{said} is no number")


def _short(fault: Exception) -> str:
    return str(fault)[:_TOLD]


def _read(text: Any) -> Any:
    """The outermost element, names without namespaces. Raises Refused."""
    source = _DECLARED.sub("", str(text)).strip()
    if "<!DOCTYPE" in source:
        raise Refused("instruction.xml_with_type")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False,
        dtd_validation=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(source.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        raise Refused("instruction.no_xml", {"fault": _short(fault)}) from None
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
        for name in [*element.attrib]:
            if name.startswith("{"):
                held = element.attrib.pop(name)
                element.attrib.setdefault(etree.QName(name).localname, held)
    return root


def _found(text: Any, path: Any) -> Sequence[Any]:
    if not isinstance(path, str) or not 0 < len(path) <= _LONGEST_PATH:
        raise Refused("instruction.no_path", {"fault": ""})
    root = _read(text)
    try:
        found = etree.XPath(path, regexp=False, smart_strings=False)(root)
    except etree.XPathError as fault:
        raise Refused("instruction.no_path", {"fault": _short(fault)}) from None
    return found if isinstance(found, list) else [found]


def _is_element(found: Any) -> bool:
    return isinstance(found, etree._Element)  # noqa: SLF001 - it has no public name


def _text(found: Any) -> Any:
    """An element's texts together; an attribute, number or truth as it is."""
    return "".join(found.itertext()) if _is_element(found) else _whole(found)


def _whole(found: Any) -> Any:
    """XPath's numbers are all fractions."""
    if isinstance(found, tuple):
        return str(found[-1])
    return int(found) if isinstance(found, float) and found.is_integer() else found


def _value(element: Any, depth: int = 0) -> Any:
    if depth > _DEEPEST:
        raise Refused("instruction.too_deep", {"most": _DEEPEST})
    text = (element.text or "") + "".join(child.tail or "" for child in element)
    if not len(element) and not element.attrib:
        return text
    known: dict[str, Any] = {f"@{name}": held for name, held in element.attrib.items()}
    for child in element:
        held = _value(child, depth + 1)
        if child.tag not in known:
            known[child.tag] = held
        elif isinstance(known[child.tag], _Many):
            known[child.tag].append(held)
        else:
            known[child.tag] = _Many([known[child.tag], held])
    if text.strip():
        known["#text"] = text
    return known


class _Many(list[Any]):
    """Of elements with one name: an element's own value is never one."""


def _fill(element: Any, value: Any) -> None:
    if not isinstance(value, dict):
        element.text = _said(value)
        return
    for name, held in value.items():
        if name == "#text":
            element.text = _said(held)
        elif name.startswith("@"):
            element.set(_name(name[1:]), _said(held))
        else:
            for each in held if isinstance(held, list) else [held]:
                _fill(etree.SubElement(element, _name(name)), each)


def _name(name: Any) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise Refused("instruction.no_xml_name", {"name": str(name)[:_TOLD]})
    return name


def _said(value: Any) -> str:
    match value:
        case None | Pretended():
            return ""
        case bool():
            return "true" if value else "false"
        case Mapping() | list():
            raise Refused("instruction.no_value")
        case date():
            return value.isoformat()
    return _UNWRITABLE.sub("", str(value))
