"""The process in which templates run: `python -m callcenter.rendering.child SECONDS`, begun by `Renderer`.

A line of JSON comes in on standard input, and one goes out, until the other side is closed: so it
ends with whoever began it. It opens no files, starts nothing, and has neither settings nor secrets.
What it needs of the product it asks for in between: a line out, {"ask", "arguments", "line"}, and a
line back, {"answer"} or {"refused"}.
"""

import math
import resource
import signal
import sys
import time
from collections.abc import Mapping
from typing import Any, NoReturn

from callcenter.core.i18n import LOCALES
from callcenter.rendering.errors import OutOfTime, Refused, RenderFailed
from callcenter.rendering.instructions import Here, here
from callcenter.rendering.instructions.flow import block
from callcenter.rendering.language import render
from callcenter.rendering.plain import PRETENDED, Unasked, dump, load, unasked
from callcenter.rendering.values import said

SECONDS = 2.0
"""Of the processor, for one template: by the clock a full machine would fail good ones."""

_LEAST = 0.001
_BLOCKS = frozenset({"template", "url_template"})
"""Whose answer is a text that is rendered in its place."""

_LOADING = (
    "{{ '王a' | pinyin }}{{ '<a/>' | xpath('//a') }}{{ '<a/>' | from_xml | to_xml }}",
    "{{ '1' | to_number | money }}{{ random(1) }}{{ '[1]' | from_json | to_json }}",
    "{{ url('https://银行.cn/', c=1) }}{{ '2026-01-01' | weekday }}{{ log('') }}{{ build('') }}",
)
"""What loads more when it is first used."""

MEMORY = 256 * 1024 * 1024
_LIMITS = {
    resource.RLIMIT_AS: MEMORY,
    resource.RLIMIT_NOFILE: 0,
    resource.RLIMIT_NPROC: 0,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_CORE: 0,
}


def main(seconds: float) -> None:
    _warm_up()
    for what, most in _LIMITS.items():
        resource.setrlimit(what, (most, most))
    signal.signal(signal.SIGPROF, _out_of_time)
    _tell(b"ready\n")
    for line in sys.stdin.buffer:
        _tell(dump(_answer(load(line), seconds)) + b"\n")


def _answer(request: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """Either `text` or `failure`, the arguments of RenderFailed; and the lines that it noted."""
    place = Here(request["locale"], request["html"], ask=_ask)
    _give_cpu_time(seconds)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        answer: dict[str, Any] = {"text": render(**request, place=place)}
    except RenderFailed as failure:
        told = {"key": failure.key, "parameters": failure.parameters, "line": failure.line}
        answer = {"failure": {**told, "may_pass": failure.may_pass}}
    except OutOfTime:
        limit = {"seconds": math.ceil(seconds)}
        answer = {"failure": {"key": "template.too_slow", "parameters": limit}}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return {**answer, "log": place.log}


def _ask(name: str, arguments: Mapping[str, Any]) -> Any:
    """Raises Refused. Between question and answer no alarm may come: the answer would be left."""
    left = signal.setitimer(signal.ITIMER_PROF, 0)[0]
    _tell(dump({"ask": name, "arguments": arguments, "line": here().line()}) + b"\n")
    line = sys.stdin.buffer.readline()
    if not line:
        sys.exit()
    answer = load(line)
    signal.setitimer(signal.ITIMER_PROF, max(left, _LEAST))
    if "refused" in answer:
        raise Refused(**answer["refused"])
    found = answer["answer"]
    if found is PRETENDED:
        return Unasked(name=name)
    return block(found, unasked(arguments)) if name in _BLOCKS else found


def _give_cpu_time(seconds: float) -> None:
    """What heeds no alarm, since it is one long step in C, Linux ends a second later."""
    until = math.ceil(time.process_time() + seconds + 1)
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (until, most))


def _warm_up() -> None:
    """All that is loaded from files on first use; later there are no files."""
    for locale in LOCALES:
        said(True, locale)
        for html in (True, False):
            render("{{ 'a b' | wordwrap(1) | striptags }}", {}, locale, html=html)
        for each in _LOADING:
            render(each, {}, locale, html=False)
    try:
        render("{{", {}, LOCALES[0], html=False)
    except RenderFailed:
        return


def _out_of_time(_number: int, _frame: Any) -> NoReturn:
    raise OutOfTime


def _tell(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(float(sys.argv[1]))
