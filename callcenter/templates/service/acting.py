"""Who acts, and what keys are called: as templates ask it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.directory import Directory
from callcenter.core.errors import Forbidden, NotFound
from callcenter.core.permissions import Permission, Role
from callcenter.objects.service.naming import Naming
from callcenter.objects.service.presenting import viewer
from callcenter.rendering.errors import Refused
from callcenter.templates.service.instructing import Answer


class Acting:
    def __init__(self, directory: Directory, naming: Naming) -> None:
        self._directory = directory
        self._naming = naming

    @property
    def answers(self) -> Mapping[str, Answer]:
        return {
            "actor": self._actor,
            "has_role": self._has_role,
            "has_permission": self._has_permission,
            "name_of": self._name_of,
        }

    @staticmethod
    def _actor(session: Session) -> dict[str, Any] | None:
        actor = viewer(session)
        if actor is None:
            return None
        return {"code": actor.employee_code, "name": actor.name, "role": actor.role.value}

    @staticmethod
    def _has_role(session: Session, roles: Sequence[str]) -> bool:
        for role in roles:
            if role not in {*Role}:
                raise Refused("instruction.no_role", {"role": role})
        actor = viewer(session)
        return actor is not None and actor.role in roles

    @staticmethod
    def _has_permission(session: Session, permission: str) -> bool:
        if permission not in {*Permission}:
            raise Refused("instruction.no_permission", {"permission": permission})
        actor = viewer(session)
        return actor is not None and actor.may(Permission(permission))

    def _name_of(
        self,
        session: Session,
        kind: str,
        key: str | None,
        object: str | None,  # noqa: A002 - as the instruction says it
        field: str | None,
    ) -> str | None:
        if not key:
            return None
        try:
            match kind:
                case "person":
                    return self._person(session, key)
                case "team":
                    return self._directory.teams(session).get(_id(key))
                case "object":
                    return self._naming.object(session, key)
                case "choice":
                    return self._naming.choice(session, object or "", field or "", key)
                case "record":
                    return self._naming.record(session, object or "", _id(key))
        except (NotFound, Forbidden):
            named = ".".join(part for part in (object, field, key) if part)
            raise Refused("instruction.not_named", {"named": named}) from None
        raise Refused("instruction.unknown_kind", {"kind": kind})

    def _person(self, session: Session, key: str) -> str | None:
        try:
            person = self._directory.people(session, {(user_id := UUID(key))}).get(user_id)
        except ValueError:
            person = self._directory.person(session, key)
        return person.name if person else None


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
