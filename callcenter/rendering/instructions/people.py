"""Who acts, what he may do, and what codes and identifiers are called. The product answers."""

from typing import Any

from callcenter.rendering.instructions.base import Group, Reach, function


@function(Group.PEOPLE, "cinKey2Name", reach=Reach.READING)
def name_of(kind: str, key: str, object: str | None = None) -> str | None:  # noqa: A002
    """What a key is called: of a `person` (his code), `team` (its code), `role`, `object`, `choice` (`field.code` of an object) or `record` (its identifier, of an object); nothing where there is none.

    {{ name_of('choice', 'state.open', object='order') }} → 处理中

    Refused for another kind, and for what whoever acts may not see.
    """
    raise NotImplementedError


@function(Group.PEOPLE, "cinRoleAuth", reach=Reach.READING)
def has_role(*roles: str) -> bool:
    """Whether whoever acts has one of these roles; false where the product itself does.

    {% if has_role('ADMIN', 'LEADER') %}含内部信息{% else %}公开信息{% endif %} → 公开信息
    """
    raise NotImplementedError


@function(Group.PEOPLE, "cinFuncAuth", reach=Reach.READING)
def has_permission(permission: str) -> bool:
    """Whether whoever acts may do something, by the name that the page of roles shows; false where the product itself acts.

    {{ has_permission('calls.monitor') }} → 否

    Refused for a permission that does not exist.
    """
    raise NotImplementedError


@function(Group.PEOPLE, reach=Reach.READING)
def actor() -> dict[str, Any] | None:
    """Who acts: code, name and role; nothing where the product itself does.

    {{ actor().name }} → 李明
    """
    raise NotImplementedError
