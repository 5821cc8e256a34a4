"""Who acts, what he may do, and what codes and identifiers are called. The product answers."""

from typing import Any

from callcenter.rendering.instructions.base import Group, Reach, function


@function(Group.PEOPLE, "cinKey2Name", reach=Reach.READING)
def name_of(
    kind: str,
    key: str | None,
    object: str | None = None,  # noqa: A002 - the word that designers know
    field: str | None = None,
) -> str | None:
    """What a key is called: a `person` (his code or identifier), a `team` (its identifier), an `object`, a `choice` (the code, of an object's field) or a `record` (its identifier, of an object); nothing where there is none.

    {{ name_of('choice', 'open', object='order', field='state') }} → 处理中

    Refused for another kind, and for an object or field that is not there or whoever acts may not see.
    """


@function(Group.PEOPLE, "cinRoleAuth", reach=Reach.READING)
def has_role(*roles: str) -> bool:
    """Whether whoever acts has one of these roles: admin, conf, agent, leader, inspector; false where the product itself acts.

    {% if has_role('admin', 'leader') %}含内部信息{% else %}公开信息{% endif %} → 公开信息

    Refused for a role that does not exist.
    """


@function(Group.PEOPLE, "cinFuncAuth", reach=Reach.READING)
def has_permission(permission: str) -> bool:
    """Whether whoever acts may do something, such as `records.export`; false where the product itself acts.

    {{ has_permission('supervise.listen') }} → 否

    Refused for a permission that does not exist.
    """


@function(Group.PEOPLE, reach=Reach.READING)
def actor() -> dict[str, Any] | None:
    """Who acts: code, name and role; nothing where the product itself acts.

    {{ actor().name }} → 李明
    """
