"""`python -m callcenter.migrations`: bring the schema to the newest version.

`python -m callcenter.migrations revision MESSAGE` writes the next version from the models.
"""

import os
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection

from callcenter.core.addresses import owner_url
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import load_settings

_LOCK = 7_366_002


def config(connection: Connection) -> Config:
    found = Config()
    found.set_main_option("script_location", str(Path(__file__).parent))
    found.attributes["connection"] = connection
    return found


def upgrade(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        # Two copies that start at once: the second waits, and finds the work done.
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
        command.upgrade(config(connection), "head")
    engine.dispose()


def main() -> None:
    settings = load_settings(os.environ)
    url = owner_url(settings, load_secrets(settings.paths.home))
    if sys.argv[1:2] == ["revision"]:
        with create_engine(url).begin() as connection:
            command.revision(config(connection), message=" ".join(sys.argv[2:]), autogenerate=True)
    else:
        upgrade(url)


if __name__ == "__main__":
    main()
