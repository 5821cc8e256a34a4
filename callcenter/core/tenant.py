"""For whom a unit of work is done, and who does it."""

from dataclasses import dataclass, field
from uuid import UUID

from callcenter.core.errors import Forbidden
from callcenter.core.permissions import GRANTS, Permission, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """The signed-in user; session_id and ip stand in the audit log.

    is_program: it is another program with a key, whose id `user_id` is.
    """

    user_id: UUID
    enterprise_id: UUID
    employee_code: str
    name: str
    role: Role
    locale: str = "zh-CN"
    session_id: UUID | None = None
    ip: str = ""
    team_ids: tuple[UUID, ...] = ()
    permissions: frozenset[Permission] = field(default=frozenset())
    is_program: bool = False

    @property
    def person_id(self) -> UUID | None:
        """Whom a record can belong to; None for a program."""
        return None if self.is_program else self.user_id

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    @staticmethod
    def permissions_of(role: Role) -> frozenset[Permission]:
        return GRANTS.get(role, frozenset())


@dataclass(frozen=True, slots=True)
class Scope:
    """One enterprise, or the platform as a whole (enterprise_id None).

    The platform scope sees all rows; only the operator's services, sign-in, telephony and the
    workers' housekeeping open it.
    """

    enterprise_id: UUID | None
    actor: Actor | None = None

    @classmethod
    def platform(cls, actor: Actor | None = None) -> "Scope":
        return cls(None, actor)

    @classmethod
    def of(cls, actor: Actor) -> "Scope":
        return cls(actor.enterprise_id, actor)

    @property
    def is_platform(self) -> bool:
        return self.enterprise_id is None

    def require_actor(self) -> Actor:
        if self.actor is None:
            raise Forbidden
        return self.actor

    def require(self, permission: Permission) -> Actor:
        actor = self.require_actor()
        if not actor.may(permission):
            raise Forbidden
        return actor
