"""Definitions over HTTP: what the pages of an object are made of, as far as their reader may know."""

from typing import Any

from callcenter.core.db import Database
from callcenter.core.errors import NotFound
from callcenter.core.http import Blueprint, current_actor, for_keys, requires, scope
from callcenter.core.permissions import Permission
from callcenter.core.tenant import Actor
from callcenter.expressions import ROLE, tree
from callcenter.objects.schemas import ACTS, Definition, DefinitionAnswer, ObjectShape
from callcenter.objects.schemas.rights import NEEDED, Access, access
from callcenter.objects.service import Records
from callcenter.objects.service.seeing import clear_to, seen_by
from callcenter.objects.types import masked_type, type_of
from callcenter.objects.types.base import Field
from callcenter.objects.types.choice import whole_option
from callcenter.objects.types.formula import RESULTS, places_of


def definition_routes(blp: Blueprint, database: Database, records: Records) -> None:
    @blp.route("")
    @blp.response(200, ObjectShape(many=True))
    @for_keys
    @requires(Permission.RECORDS_READ, Permission.OBJECTS_DEFINE)
    def listed() -> Any:
        actor = current_actor()
        shapes = actor.may(Permission.OBJECTS_DEFINE)
        with database.begin(scope()) as session:
            known = records.definitions.all(session)
        return [one for one in known if shapes or one.allows("read", actor.role.value)]

    @blp.route("/<identifier>")
    @blp.response(200, DefinitionAnswer)
    @for_keys
    @requires(Permission.RECORDS_READ, Permission.OBJECTS_DEFINE)
    def one(identifier: str) -> Any:
        actor = current_actor()
        with database.begin(scope()) as session:
            definition = records.definitions.get(session, identifier)
        role, shapes = actor.role.value, actor.may(Permission.OBJECTS_DEFINE)
        if not shapes and not any(definition.allows(act, role) for act in ACTS):
            raise NotFound
        return _answer(definition, actor)


def _answer(definition: Definition, actor: Actor) -> dict[str, Any]:
    role = actor.role.value
    seen, clear = seen_by(definition, role), clear_to(definition, role)
    groups = [
        {
            "key": group.key,
            "label": group.label,
            "fields_": [f.key for f in seen.fields if f.group == group.key],
        }
        for group in seen.groups
    ]
    return {
        "identifier": seen.identifier,
        "kind": seen.kind.value,
        "name": seen.name,
        "key_field": seen.key_field,
        "title_field": seen.title_field,
        "version": seen.number,
        "groups": [group for group in groups if group["fields_"]],
        "fields_": [_field(definition, clear, field, access(field, role)) for field in seen.fields],
        "listing": {"columns": seen.columns, "sort": seen.sort},
        "links": seen.links,
        "log_tab": seen.log_tab,
        "duplicates": [
            {"fields_": rule.fields, "how": rule.how} for rule in clear.rules_of_duplicates
        ],
        "permissions": {
            act: actor.may(NEEDED[act]) and definition.allows(act, role) for act in ACTS
        },
    }


def _formula(definition: Definition, field: Field, right: Access) -> dict[str, Any] | None:
    """For the page to work out by itself; who sees the result sees what it is made of."""
    for one, node in definition.rules.formulas:
        if one.key == field.key and right.is_clear:
            result = field.setting("result", RESULTS[0])
            return {"tree": tree(node), "result": result, "places": places_of(field)}
    return None


def _copied(clear: Definition, field: Field) -> dict[str, str] | None:
    """For the page to do it at once; a reference that is kept from its user is not named."""
    copied: dict[str, str] | None = field.setting("copied")
    return copied if copied and copied["by"] in clear.by_key else None


def _when(clear: Definition, field: Field) -> dict[str, Any]:
    """The conditions that the page can hold; the others name what is kept from its user."""
    return {
        what: condition
        for what, condition in field.when.items()
        if all(test["field"] in {ROLE, *clear.by_key} for test in condition["tests"])
    }


def _field(
    definition: Definition, clear: Definition, field: Field, right: Access
) -> dict[str, Any]:
    kind, usable = type_of(field), field.key in clear.by_key
    return {
        "key": field.key,
        "type": field.type,
        "label": field.label,
        "required": field.required,
        "read_only": field.read_only or not kind.entered,
        "access": right,
        "unique": field.unique,
        "width": field.width,
        "options": [whole_option(option) for option in field.setting("options", [])],
        "sign": kind.sign(field),
        "default": field.setting("default") if usable else None,
        "begin": field.setting("begin") if usable else None,
        "copied": _copied(clear, field),
        "in_list": field.in_list,
        "in_search": usable and (field.searched or masked_type(field) is not None),
        "sortable": usable and definition.has_column(field) and kind.sortable,
        "filterable": usable and definition.has_column(field),
        "when": _when(clear, field),
        "formula": _formula(definition, field, right),
        **{
            name: field.setting(name)
            for name in (
                "help",
                "reference",
                "details",
                "level",
                "kinds",
                "largest",
                "most",
                "min",
                "max",
                "max_length",
                "pattern",
            )
        },
    }
