"""Templates rendered the whole way through `Renderer`: a message and a mail, in blocks.

Beside it, in the same run and by turns, bare Jinja2 with the same texts in this process; and the
message with a text that is new each time. A rate is renderings for each second of the processor that
both processes, the one that asks and the sandbox, took together: what a core does.
"""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from jinja2 import Environment

from callcenter.rendering.instructions import INSTRUCTIONS, Here, Kind, standing
from callcenter.rendering.renderer import Renderer
from tests.bench.samples import Raw, made

BLOCKS, EACH = 10, 300
LOCALE = "zh-CN"
SMS = (
    "【{{ enterprise.name }}】尊敬的{{ record.name | nvl('客户') }}，您 {{ record.due | datetime }} 提交的工单"
    " {{ record.number }} 已{{ record.state }}。{% if record.total %}费用 {{ record.total | money }}，请于"
    " {{ record.due | shift(days=7) | date('long') }}前支付。{% endif %}详询 {{ record.phone | mask }}。"
)
MAIL = (
    "<h2>{{ record.name }}，您好</h2>\n<p>工单 {{ record.number }}（{{ record.state }}），受理于"
    " {{ record.due | datetime('long') }} {{ record.due | weekday }}。</p>\n"
    "<ul>{% for row in record.rows %}\n<li>{{ loop.index }}. {{ row.name }} × {{ row.count }}："
    "{{ row.price | money }}</li>{% endfor %}</ul>\n{% if record.total > 1000 %}<p>合计"
    " {{ record.total | money }}，{{ record.total | chinese_amount }}</p>{% else %}<p>合计"
    " {{ record.total | money }}</p>{% endif %}\n<p>{{ enterprise.name }} {{ now | date }}</p>"
)
NOW = datetime(2026, 11, 27, 10, 5, tzinfo=UTC)
ROWS = [{"name": f"项目 <{n}>", "count": n, "price": Decimal("9.50")} for n in range(10)]
DATA: dict[str, Any] = {
    "record": {
        "name": "王秀兰", "number": "T000042", "state": "办结", "due": NOW, "phone": "13800000001",
        "total": Decimal("12345.50"), "rows": ROWS,
        **{f"field{n}": f"第 {n} 个字段的内容" for n in range(40)},
    },
    "codes": {"state": "done"}, "enterprise": {"name": "云岭"}, "now": NOW,
}  # fmt: skip
"""A record as templates are given it: with all its fields, though few are named."""

Render = Callable[[], object]


def run(number: int) -> Raw:
    renderer = Renderer()
    numbers = count()
    ways: dict[str, Render] = {
        "sms_rate": lambda: renderer.render(SMS, DATA, LOCALE),
        "mail_rate": lambda: renderer.render(MAIL, DATA, LOCALE, html=True),
        "fresh_rate": lambda: renderer.render(f"{SMS}{next(numbers)}", DATA, LOCALE),
        "bare_sms_rate": _bare(SMS, html=False),
        "bare_mail_rate": _bare(MAIL, html=True),
    }
    samples: dict[str, list[float]] = {name: [] for name in ways}
    samples["sms_ms"] = []
    try:
        for way in ways.values():
            way()
        for block in range(BLOCKS):
            turn = [*ways.items()]
            for name, way in turn[block % len(turn) :] + turn[: block % len(turn)]:
                samples[name].append(_rate(way))
            samples["sms_ms"] += _each(ways["sms_rate"])
    finally:
        renderer.close()
    notes = {"blocks": BLOCKS, "each": EACH, "characters": {"sms": len(SMS), "mail": len(MAIL)}}
    return made("templates", number, samples, notes)


def _bare(text: str, *, html: bool) -> Render:
    """Jinja2 as it comes, with the same filters."""
    plain = Environment(autoescape=html)  # noqa: S701 - as a template of ours has it
    plain.filters.update({each.name: each for each in INSTRUCTIONS if each.kind is Kind.FILTER})
    template, place = plain.from_string(text), Here(LOCALE, html)

    def render() -> str:
        with standing(place):
            return template.render(DATA)

    return render


def _rate(way: Render) -> float:
    """Renderings a second of the processor."""
    before = sum(_used())
    for _ in range(EACH):
        way()
    return EACH / (sum(_used()) - before)


def _each(way: Render) -> list[float]:
    """Milliseconds of each, by the clock."""
    found = []
    for _ in range(EACH // 10):
        began = time.perf_counter()
        way()
        found.append((time.perf_counter() - began) * 1000)
    return found


def _used() -> Iterator[float]:
    """Seconds of the processor: this process's, and its children's."""
    yield time.process_time()
    for children in Path(f"/proc/{os.getpid()}/task").glob("*/children"):
        for child in children.read_text().split():
            spent = Path(f"/proc/{child}/schedstat").read_text().split()[0]
            yield int(spent) / 1e9
