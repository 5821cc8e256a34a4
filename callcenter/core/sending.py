"""Files that are sent: by nginx, told which by the web process; or what is small, by itself."""

from urllib.parse import quote

from flask import Response


def sent_by_nginx(
    place: str, content_type: str, name: str = "", *, inline: bool = False
) -> Response:
    """place: below nginx's internal locations (`/recordings/…`). name: as whoever saves it calls it.

    Parts of it are sent on request (Range). inline: shown in the page, where a browser can.
    """
    response = Response(content_type=content_type)
    response.headers["X-Accel-Redirect"] = place
    response.headers["Cache-Control"] = "private, no-store"
    if name:
        response.headers["Content-Disposition"] = _called(
            name, "inline" if inline else "attachment"
        )
    return response


def to_be_saved(content: bytes | str, content_type: str, name: str) -> Response:
    """What is not kept as a file, sent as one. name: as whoever saves it calls it."""
    response = Response(content, content_type=content_type)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Disposition"] = _called(name, "attachment")
    return response


def _called(name: str, shown: str) -> str:
    # For whoever does not read the second: no letter in it can be taken amiss.
    plain = f"file.{quote(name.rpartition('.')[2], safe='')}"
    return f"{shown}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
