"""A private Redis: append-only file, password, loopback."""

import os

from callcenter.core.secrets import Secrets
from callcenter.core.settings import Settings
from callcenter.processes.services.programs import find_program


def command(settings: Settings, secrets: Secrets) -> list[str]:
    """Write its configuration, and tell how to run it in the foreground."""
    folder = settings.paths.redis
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / "redis.conf"
    lines = (
        "bind 127.0.0.1",
        f"port {settings.redis.port}",
        "protected-mode yes",
        f"requirepass {secrets.redis_password}",
        f'dir "{folder}"',
        "appendonly yes",
        "appendfsync everysec",
        'save ""',
        # A full memory refuses writes, loudly: queues and leases must never be evicted.
        "maxmemory-policy noeviction",
        "daemonize no",
        # It says so when it serves.
        "supervised systemd",
        'logfile ""',
    )
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write("\n".join(lines) + "\n")
    return [find_program("redis-server"), str(file)]
