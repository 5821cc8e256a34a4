"""The API's description for people: Swagger UI at /api/docs, with its files served by ourselves."""

from importlib.resources import files
from pathlib import Path

from flask import Blueprint, Response, send_from_directory

from callcenter.core.http import public
from callcenter.core.places import PROJECT

OURS = PROJECT / "config" / "api"
THEIRS = Path(str(files("flask_swagger_ui"))) / "dist"
SERVED = {
    "start.js": OURS,
    "swagger-ui.css": THEIRS,
    "swagger-ui-bundle.js": THEIRS,
    "favicon-32x32.png": THEIRS,
}
# Swagger UI sets styles of its own and draws its icons from data addresses.
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def blueprint() -> Blueprint:
    pages = Blueprint("description", __name__, url_prefix="/api")

    @pages.get("/docs")
    @public
    def page() -> Response:
        answer = send_from_directory(OURS, "index.html")
        answer.headers["Content-Security-Policy"] = POLICY
        return answer

    @pages.get("/docs/<any({}):name>".format(",".join(f'"{name}"' for name in SERVED)))
    @public
    def part(name: str) -> Response:
        return send_from_directory(SERVED[name], name, max_age=24 * 3600)

    return pages
