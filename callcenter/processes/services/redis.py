"""A private Redis: append-only file, password, loopback."""

import os

import redis

from callcenter.core.addresses import redis_url
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
        'logfile ""',
    )
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write("\n".join(lines) + "\n")
    return [find_program("redis-server"), str(file)]


def is_ready(settings: Settings, secrets: Secrets) -> bool:
    client = redis.Redis.from_url(redis_url(settings, secrets), socket_timeout=1)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()
