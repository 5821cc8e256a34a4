"""Softphones: their account in Asterisk has a secret that lives from one sign-in to the next."""

import secrets
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from callcenter.core.bus import Outbox
from callcenter.core.directory import Directory
from callcenter.core.errors import NotFound
from callcenter.people.models import Extension, User, UserStatus
from callcenter.people.service.roster import endpoint_name

_WS_PATH = "/ws"
_SIP_DOMAIN = "callcenter"


def sip_account(endpoint: str, secret: str, name: str) -> dict[str, Any]:
    """What a page's phone registers with."""
    return {
        "ws_path": _WS_PATH,
        "uri": f"sip:{endpoint}@{_SIP_DOMAIN}",
        "authorization_user": endpoint,
        "password": secret,
        "display_name": name,
        "ice_servers": [],
    }


def new_secret() -> str:
    return secrets.token_urlsafe(24)


class Softphones:
    """Telephony learns of a new secret by the event, and by the command its asker sends."""

    def __init__(self, directory: Directory, outbox: Outbox) -> None:
        self._directory = directory
        self._outbox = outbox

    def rotate(self, session: Session, user_id: UUID) -> tuple[str, str]:
        """A new secret for the user's extension: (endpoint, secret). Raises NotFound."""
        query = (
            select(Extension)
            .join(User, User.extension_id == Extension.id)
            .where(User.id == user_id, Extension.status == UserStatus.ACTIVE)
            # A desk phone was told its secret by hand, and keeps it.
            .where(Extension.kind == "browser")
            .with_for_update(of=Extension)
        )
        extension = session.scalar(query)
        if extension is None:
            raise NotFound
        extension.secret = new_secret()
        self._outbox.record(session, "extension.changed", extension.id, ["secret"])
        code = self._directory.enterprise(session).code
        return endpoint_name(code, extension.number), extension.secret
