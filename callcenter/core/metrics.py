"""Metrics of all processes, told by one of them.

    from callcenter.core.metrics import Counter
    refused = Counter("callcenter_illegal_edges_total", "State changes refused", ["machine"])

Each process keeps its values in files of one folder (PROMETHEUS_MULTIPROC_DIR, set by the
supervisor), and `/metrics` of `web` adds them up. A file is named after the process, not after its
id: a restarted process goes on counting where it ended. Without the folder (tests, tools) values
stay in the process.

A gauge says how it is put together, mostly `multiprocess_mode="mostrecent"`.
"""

import os

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
    values,
)

__all__ = ["Counter", "Gauge", "Histogram", "exposition", "identify"]

FOLDER = "PROMETHEUS_MULTIPROC_DIR"

_suffix = ""


def identify(suffix: str) -> None:
    """Tell apart processes of one name that live at once: gunicorn's workers.

    Call it right after the fork.
    """
    global _suffix  # noqa: PLW0603 - which process this is, is global
    _suffix = suffix


def exposition() -> tuple[bytes, str]:
    """All values as text, and its content type."""
    registry = REGISTRY
    if FOLDER in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST


def _identity() -> str:
    return os.environ.get("CALLCENTER_PROCESS", "tool") + _suffix


if FOLDER in os.environ:
    # Asked at each use: a change of identity moves a process to other files.
    values.ValueClass = values.MultiProcessValue(process_identifier=_identity)  # type: ignore[no-untyped-call]
