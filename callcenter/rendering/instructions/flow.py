"""What stands in for nothing, what is compared, noted and ended, and texts within texts."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jinja2.utils import Namespace
from markupsafe import Markup

from callcenter.rendering.errors import Refused, RenderFailed, ToldBy
from callcenter.rendering.instructions.base import Group, filter_, function, here

_MOST_LINES = 200
_LONGEST_LINE = 2000
_DEEPEST = 5


@filter_(Group.FLOW, "cinNvl", takes_unasked=True)
def nvl(value: Any, other: Any) -> Any:
    """The value, or another where there is none.

    {{ record.nothing | nvl('—') }} → —
    """
    return other if value is None else value


@filter_(Group.FLOW, "cinIfEmpty", takes_unasked=True)
def if_empty(value: Any, other: Any) -> Any:
    """The value, or another where it is nothing, an empty text or an empty list. Nought is a value.

    {{ '' | if_empty('未填写') }} → 未填写
    """
    return other if _is_empty(value) else value


@filter_(Group.FLOW, "cinIfNotEmpty", takes_unasked=True)
def if_not_empty(value: Any, text: Any, otherwise: Any = "") -> Any:
    """A text where there is a value, and another, or none, where there is not.

    {{ record.name | if_not_empty(record.name ~ '，您好') }} → 王秀兰，您好
    """
    return otherwise if _is_empty(value) else text


@function(Group.FLOW, "cinCompare")
def compare(one: Any, other: Any) -> int:
    """-1, 0 or 1: whether one value is less, equal or more; nothing is less than everything.

    {{ compare(record.total, 10000) }} → 1

    Refused for values of different kinds.
    """
    if one is None or other is None:
        return (one is not None) - (other is not None)
    one, other = _in_one_zone(_comparable(one), _comparable(other))
    try:
        return int(one > other) - int(one < other)
    except TypeError:
        raise Refused("instruction.not_comparable") from None


@function(Group.FLOW, "cinBeanSet", takes_unasked=True)
def namespace(**values: Any) -> Namespace:
    """Values that are set later on, also within loops: `{% set kept.total = 3 %}`.

    {% set kept = namespace(total=0) %}{% for n in [1, 2] %}{% set kept.total = kept.total + n %}{% endfor %}{{ kept.total }} → 3
    """
    return Namespace(values)


@function(Group.FLOW, "cinLog", takes_unasked=True)
def log(text: Any) -> str:
    """Notes a line that a preview and the output of a task show; nothing stands in the text.

    {{ log('没有姓名') }}好 → 好

    Refused after 200 lines.
    """
    place = here()
    if len(place.log) >= _MOST_LINES:
        raise Refused("instruction.too_many_lines", {"most": _MOST_LINES})
    place.log.append({"line": place.line(), "text": str(text)[:_LONGEST_LINE]})
    return ""


@function(Group.FLOW, "cinError")
def error(message: Any) -> str:
    """Ends the template: whoever renders it is told the message, and nothing is sent or stored.

    {% if not record.name %}{{ error('没有客户姓名') }}{% endif %}好 → 好

    Always ends it.
    """
    raise ToldBy(str(message)[:_LONGEST_LINE])


@function(Group.FLOW, "cinBuildTpl")
def build(text: str, data: Mapping[str, Any] | None = None) -> str:
    """A text as a template, rendered with the data that is given to it and nothing else.

    {{ build('{{ a }}度', {'a': 3}) }} → 3度

    Refused for what is wrong in it, and five templates deep.
    """
    return _within(str(text), data or {}, html=here().html, name="build")


def block(found: Mapping[str, Any], arguments: Mapping[str, Any]) -> str:
    """What came for `template` or `url_template`, {"text", "html"}, rendered in its place."""
    if found["html"] and not here().html:
        raise Refused("instruction.page_in_text")
    name = str(arguments.get("key") or arguments.get("address"))
    return _within(found["text"], arguments.get("data") or {}, html=found["html"], name=name)


def _within(text: str, data: Mapping[str, Any], *, html: bool, name: str) -> str:
    from callcenter.rendering.language import render_within

    place = here()
    if place.depth >= _DEEPEST:
        raise Refused("instruction.too_deep", {"most": _DEEPEST})
    if not isinstance(data, dict):
        raise Refused("instruction.argument", {"argument": "data"})
    try:
        made = render_within(text, data, html=html)
    except RenderFailed as failure:
        why = {"key": failure.key, "parameters": failure.parameters}
        told = {"name": name, "why": why}
        raise Refused("instruction.inner", told, may_pass=failure.may_pass) from failure
    return Markup(made) if html else made  # noqa: S704 - its values are escaped already


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | list | tuple | dict) and not value)


def _comparable(value: Any) -> Any:
    match value:
        case bool():
            return int(value)
        case float():
            return Decimal(str(value))
        case datetime():
            return value
        case date():
            return datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return value


def _in_one_zone(one: Any, other: Any) -> tuple[Any, Any]:
    """A day, and a moment that says no zone, are meant in the zone of the other."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        one, other = (
            one if one.tzinfo else one.replace(tzinfo=other.tzinfo),
            other if other.tzinfo else other.replace(tzinfo=one.tzinfo),
        )
    return one, other
