"""URLs of the data services, put together from settings and secrets."""

from sqlalchemy import URL, make_url

from callcenter.core.secrets import Secrets
from callcenter.core.settings import Settings

DATABASE = "callcenter"
OWNER_ROLE = "callcenter_owner"
APP_ROLE = "callcenter_app"
READER_ROLE = "callcenter_reader"
"""Nobody signs in as it: a transaction takes it on that runs what somebody wrote (ADR 47)."""


def owner_url(settings: Settings, secrets: Secrets) -> str:
    """For migrations and set-up only: the owner is not bound by row-level security's grants."""
    if settings.database.url:
        return _text(make_url(settings.database.url).set(drivername="postgresql+psycopg"))
    return _text(
        URL.create(
            "postgresql+psycopg",
            OWNER_ROLE,
            secrets.database_owner_password,
            "127.0.0.1",
            settings.database.port,
            DATABASE,
        )
    )


def app_url(settings: Settings, secrets: Secrets) -> str:
    """For every process at work: the role that row-level security holds."""
    owner = make_url(owner_url(settings, secrets))
    return _text(owner.set(username=APP_ROLE, password=secrets.database_app_password))


def replica_url(settings: Settings, secrets: Secrets) -> str | None:
    """Of the replica, as the same role; None where there is none."""
    if not settings.database.replica_url:
        return None
    url = make_url(settings.database.replica_url).set(drivername="postgresql+psycopg")
    return _text(url.set(username=APP_ROLE, password=secrets.database_app_password))


def redis_url(settings: Settings, secrets: Secrets) -> str:
    return f"redis://:{secrets.redis_password}@127.0.0.1:{settings.redis.port}/0"


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)
