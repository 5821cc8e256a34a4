"""Links to sounds: short-lived, and for one person."""

from datetime import datetime, timedelta
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer

from callcenter.calls.errors import LinkExpired
from callcenter.core.clock import Clock
from callcenter.core.errors import NotFound

LINK_LASTS = timedelta(minutes=15)


class SoundLinks:
    """salt: what kind of sound; a link to one kind opens no other."""

    def __init__(self, key: str, salt: str, clock: Clock) -> None:
        self._signer = URLSafeSerializer(key, salt=salt)
        self._clock = clock

    def make(self, sound_id: UUID, user_id: UUID) -> tuple[str, datetime]:
        """The link's token, and until when it opens."""
        expires = self._clock.now() + LINK_LASTS
        said = [str(sound_id), str(user_id), int(expires.timestamp())]
        return str(self._signer.dumps(said)), expires

    def read(self, token: str, user_id: UUID) -> UUID:
        """The sound behind it; raises NotFound, also for somebody else's, and LinkExpired."""
        try:
            sound_id, owner, expires = self._signer.loads(token)
        except BadSignature:
            raise NotFound from None
        if owner != str(user_id):
            raise NotFound
        if self._clock.now().timestamp() > expires:
            raise LinkExpired
        return UUID(sound_id)
