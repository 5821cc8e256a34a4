"""Logging: one event a line of JSON on standard output, with the ids bound by `contextvars`.

    log = structlog.get_logger()
    log.info("call offered", call_id=…, agent=…)

Lines of other libraries take the same form. Secrets and passwords are dropped by name, whoever
logs them.
"""

import logging
import os
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

HIDDEN = ("password", "secret", "token", "cookie", "authorization")
_CHAIN: list[Processor] = []
"""One list for good: loggers that have spoken hold on to it, and follow when it is set up anew."""


def configure(
    level: str = "info", process: str | None = None, stream: TextIO | None = None
) -> None:
    """Set up once a process; `process` is told by the supervisor unless given."""
    name = process or os.environ.get("CALLCENTER_PROCESS", "")
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hide,
    ]
    _CHAIN[:] = [*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter]
    structlog.configure(
        processors=_CHAIN,
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _named(name),
                # Without local variables: they hold passwords and customers' data.
                structlog.processors.ExceptionRenderer(
                    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
                ),
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())


def _named(name: str) -> Processor:
    def add(
        _logger: Any, _method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        event["process"] = name
        return event

    return add


def _hide(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in event:
        if any(word in key.lower() for word in HIDDEN):
            event[key] = "…"
    return event
