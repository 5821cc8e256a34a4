"""`python -m callcenter.processes.openapi`: write the API's description to docs/openapi.json.

The browser side makes its types from that file, so it is kept with the code; nothing is opened.
"""

import json
from dataclasses import fields
from pathlib import Path

from callcenter.core.places import PROJECT
from callcenter.core.secrets import Secrets
from callcenter.core.settings import load_settings
from callcenter.processes.web import create_app

FILE = PROJECT / "docs" / "openapi.json"


def description() -> str:
    """As it is served, in a form whose differences can be read."""
    secrets = Secrets(**{field.name: "" for field in fields(Secrets)})
    app = create_app(load_settings({}), secrets)
    described = app.test_client().get("/api/openapi.json").json
    return json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main(file: Path = FILE) -> None:
    file.write_text(description(), "utf-8")


if __name__ == "__main__":
    main()
