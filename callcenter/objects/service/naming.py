"""What keys are called, for whoever acts: objects, their choices and their records."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.errors import NotFound
from callcenter.core.i18n import DEFAULT_LOCALE
from callcenter.objects.access import is_kept_from_some
from callcenter.objects.schemas import Definition
from callcenter.objects.service.lookups import Lookups
from callcenter.objects.service.presenting import locale_of, role_of
from callcenter.objects.service.seeing import said, seen_by
from callcenter.objects.service.wording import CHOSEN
from callcenter.objects.types.base import Field
from callcenter.objects.types.choice import options_of


class Naming(Lookups):
    """Raises NotFound for what is not there or not for the scope's actor, Forbidden for an object that
    is not. Where the product itself acts, what somebody does not see is not there: its words are for
    everybody.
    """

    def object(self, session: Session, identifier: str) -> str:
        name = self._definitions.get(session, identifier).name
        return name.get(locale_of(session)) or name[DEFAULT_LOCALE]

    def choice(self, session: Session, identifier: str, key: str, code: str) -> str | None:
        """The word for a code of a field of choices; None for a code that it has not."""
        definition = self._definition(session, identifier, "read")
        field = self._seen(session, definition, key)
        if field.type not in CHOSEN:
            raise NotFound
        if (options := options_of(field)) and code not in options:
            return None
        held: Any = [code] if field.type == "choices" else code
        showing = self._presenter.showing(session, definition, [{field.key: held}])
        return said(field, held, showing, role_of(session))

    def record(self, session: Session, identifier: str, record_id: UUID) -> str:
        """Its title."""
        definition = self._definition(session, identifier, "read")
        self._find(session, definition, record_id)
        return self._presenter.names(session, definition, [record_id])[record_id]

    @staticmethod
    def _seen(session: Session, definition: Definition, key: str) -> Field:
        role = role_of(session)
        field = seen_by(definition, role).by_key.get(key)
        if field is None or (role is None and is_kept_from_some(field)):
            raise NotFound
        return field
