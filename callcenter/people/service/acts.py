"""The audit log as people read it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from callcenter.core.audit import AuditEntry
from callcenter.core.http import Page, PageRequest
from callcenter.core.listing import holds, page_rows
from callcenter.core.permissions import Role
from callcenter.core.tenant import Scope
from callcenter.people.models import User

_SORTS = {"at": AuditEntry.at, "action": AuditEntry.action, "entity": AuditEntry.entity}
_BY_START = ("action", "entity")


class Acts:
    """An enterprise sees its own log; an operator, what operators did anywhere."""

    def page(self, session: Session, request: PageRequest, filters: Mapping[str, Any]) -> Page:
        query = select(AuditEntry).where(*_in_sight(session))
        for name in _BY_START:
            if filters.get(name):
                column = getattr(AuditEntry, name)
                query = query.where(column.startswith(filters[name], autoescape=True))
        if filters.get("actor_id"):
            query = query.where(AuditEntry.actor_id == filters["actor_id"])
        if filters.get("from"):
            query = query.where(AuditEntry.at >= filters["from"])
        if filters.get("to"):
            query = query.where(AuditEntry.at < filters["to"])
        if request.q:
            query = query.where(holds(request.q, AuditEntry.entity_name, AuditEntry.actor_name))
        rows, total = page_rows(session, query, request, _SORTS, "-at", AuditEntry.id.desc())
        return Page([_shown(row) for row in rows], total, request.page, request.page_size)


def _in_sight(session: Session) -> list[Any]:
    scope: Scope = session.info["scope"]
    if scope.enterprise_id is not None:
        return [AuditEntry.enterprise_id == scope.enterprise_id]
    platform = scope.require_actor().enterprise_id
    operators = select(User.id).where(User.role == Role.OPERATOR, User.enterprise_id == platform)
    return [or_(AuditEntry.enterprise_id == platform, AuditEntry.actor_id.in_(operators))]


def _shown(row: AuditEntry) -> dict[str, Any]:
    actor = {"id": row.actor_id, "name": row.actor_name, "employee_code": row.actor_code}
    names = ("id", "at", "action", "entity", "entity_id", "entity_name", "before", "after", "ip")
    return {
        **{name: getattr(row, name) for name in names},
        "actor": actor if row.actor_id else None,
    }
