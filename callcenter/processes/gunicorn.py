"""How gunicorn serves `web` and `realtime`: `gunicorn -c python:callcenter.processes.gunicorn`."""

import importlib
import os
from typing import Any

from callcenter.core import metrics
from callcenter.core.settings import load_settings

_settings = load_settings(os.environ)
_name = os.environ["CALLCENTER_PROCESS"]

proc_name = f"callcenter {_name}"
bind = f"unix:{_settings.paths.sockets}/{_name}.sock"
worker_class = "gthread"
# Sockets of one client must meet the same worker, so realtime has one; it scales by instances.
workers = 1 if _name == "realtime" else _settings.web.workers
threads = _settings.web.realtime_threads if _name == "realtime" else _settings.web.threads
# Sockets stay open for hours: each holds a thread, and counts as a connection.
worker_connections = threads + 1000
loglevel = "warning"
timeout = 30
graceful_timeout = 2
keepalive = 30
control_socket_disable = True
# Only nginx reaches the socket; it sets the headers itself.
forwarded_allow_ips = "*"
# Heartbeat files of workers must not wait for a disk.
worker_tmp_dir = "/dev/shm"  # noqa: S108


def on_starting(_server: Any) -> None:
    """Load the code once, not in every worker anew; each still makes an application of its own."""
    importlib.import_module(f"callcenter.processes.{_name}")


def post_fork(_server: Any, worker: Any) -> None:
    metrics.identify(f"-{worker.age}")
