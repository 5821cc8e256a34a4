"""The process in which templates run: `python -m callcenter.rendering.child`, begun by `Renderer`.

A line of JSON comes in on standard input, and one goes out, until the other side is closed: so it
ends with whoever began it. It opens no files, starts nothing, and has neither settings nor secrets.
"""

import math
import resource
import signal
import sys
import time
from collections.abc import Mapping
from typing import Any, NoReturn

from callcenter.core.i18n import LOCALES
from callcenter.rendering.errors import OutOfTime, RenderFailed
from callcenter.rendering.filters import said
from callcenter.rendering.language import render
from callcenter.rendering.plain import dump, load

SECONDS = 2.0
"""Of the processor, for one template: by the clock a full machine would fail good ones."""

MEMORY = 256 * 1024 * 1024
_LIMITS = {
    resource.RLIMIT_AS: MEMORY,
    resource.RLIMIT_NOFILE: 0,
    resource.RLIMIT_NPROC: 0,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_CORE: 0,
}


def main() -> None:
    _warm_up()
    for what, most in _LIMITS.items():
        resource.setrlimit(what, (most, most))
    signal.signal(signal.SIGPROF, _out_of_time)
    _tell(b"ready\n")
    for line in sys.stdin.buffer:
        _tell(dump(_answer(load(line))) + b"\n")


def _answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """Either `text` or `failure`, the arguments of RenderFailed."""
    _give_cpu_time()
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        return {"text": render(**request)}
    except RenderFailed as failure:
        key, parameters, line = failure.key, failure.parameters, failure.line
        return {"failure": {"key": key, "parameters": parameters, "line": line}}
    except OutOfTime:
        return {"failure": {"key": "template.too_slow", "parameters": {"seconds": int(SECONDS)}}}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _give_cpu_time() -> None:
    """What heeds no alarm, since it is one long step in C, Linux ends a second later."""
    until = math.ceil(time.process_time() + SECONDS + 1)
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (until, most))


def _warm_up() -> None:
    """All that is loaded from files on first use; later there are no files."""
    for locale in LOCALES:
        said(True, locale)
        for html in (True, False):
            render("{{ 'a b' | wordwrap(1) | striptags }}", {}, locale, html=html)
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
    main()
