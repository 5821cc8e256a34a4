"""Files that nginx sends: the web process says which, and is free again."""

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
        shown = "inline" if inline else "attachment"
        # For whoever does not read the second: no letter in it can be taken amiss.
        plain = f"file.{quote(name.rpartition('.')[2], safe='')}"
        response.headers["Content-Disposition"] = (
            f"{shown}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
        )
    return response
