"""The definition of an object: its document, its checks, and the form the engine works with."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from marshmallow import fields, validate

from callcenter.core.http import Shape
from callcenter.core.permissions import Role
from callcenter.objects.errors import BadDefinition
from callcenter.objects.types import TYPES, type_of
from callcenter.objects.types.base import Field

ACTS = ("create", "read", "edit", "delete")
SORTABLE = ("created_at", "updated_at")
MOST_FIELDS = 500

IDENTIFIER = validate.Regexp(r"\A[a-z][a-z0-9_]{1,39}\Z")
_ROLES = fields.List(fields.Str(validate=validate.OneOf([role.value for role in Role])))


class Kind(StrEnum):
    CUSTOMER = "customer"
    WORK_ORDER = "work_order"
    BASE = "base"
    QA = "qa"
    OPERATION_LOG = "operation_log"


class LabelShape(Shape):
    """A text in every language of the product."""

    zh = fields.Str(required=True, data_key="zh-CN", validate=validate.Length(1, 100))
    en = fields.Str(required=True, validate=validate.Length(1, 100))


class FieldShape(Shape):
    key = fields.Str(required=True, validate=IDENTIFIER)
    type = fields.Str(required=True, validate=validate.OneOf(sorted(TYPES)))
    label = fields.Nested(LabelShape, required=True)
    required = fields.Bool()
    read_only = fields.Bool()
    unique = fields.Bool()
    indexed = fields.Bool()
    searched = fields.Bool()
    in_list = fields.Bool()
    width = fields.Int(validate=validate.OneOf([1, 2]))
    settings = fields.Dict(keys=fields.Str())


class GroupShape(Shape):
    key = fields.Str(required=True, validate=IDENTIFIER)
    label = fields.Nested(LabelShape, required=True)
    fields_ = fields.List(fields.Nested(FieldShape), required=True, data_key="fields")


class ListingShape(Shape):
    columns = fields.List(fields.Str(), required=True)
    sort = fields.Str(required=True)


class DefinitionShape(Shape):
    """A definition's document: what is shipped in config/objects, exported and imported."""

    identifier = fields.Str(required=True, validate=IDENTIFIER)
    kind = fields.Str(required=True, validate=validate.OneOf([kind.value for kind in Kind]))
    name = fields.Nested(LabelShape, required=True)
    key_field = fields.Str(required=True)
    title_field = fields.Str(required=True)
    groups = fields.List(fields.Nested(GroupShape), required=True, validate=validate.Length(1))
    listing = fields.Nested(ListingShape, required=True, data_key="list")
    permissions = fields.Dict(
        keys=fields.Str(validate=validate.OneOf(ACTS)), values=_ROLES, required=True
    )
    links = fields.Dict(keys=fields.Str(), values=fields.Str(), load_default=dict)


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    label: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Definition:
    """A published definition. Compared by identity: one version is one object in a process."""

    identifier: str
    kind: Kind
    name: Mapping[str, str]
    key_field: str
    title_field: str
    number: int
    groups: tuple[Group, ...]
    fields: tuple[Field, ...]
    columns: tuple[str, ...]
    sort: str
    permissions: Mapping[str, tuple[str, ...]]
    links: Mapping[str, str]

    @cached_property
    def by_key(self) -> Mapping[str, Field]:
        return {field.key: field for field in self.fields}

    @cached_property
    def phones(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.type == "phone")

    @cached_property
    def serials(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.type == "serial")

    def has_column(self, field: Field) -> bool:
        """Whether the field lies in a typed column; else in `extra`."""
        return (
            type_of(field).own_column
            or field.unique
            or field.indexed
            or field.searched
            or field.key in (self.key_field, self.title_field)
        )

    def linked(self, part: str) -> Field | None:
        """The field that plays `part`: customer, status, assignee."""
        return self.by_key.get(self.links.get(part, ""))

    def allows(self, act: str, role: str) -> bool:
        return role in self.permissions.get(act, ())


def load_definition(document: Mapping[str, Any], number: int) -> Definition:
    """Read and check a document as a whole; raises ValidationError or BadDefinition."""
    DefinitionShape().load(document)
    definition = Definition(
        identifier=document["identifier"],
        kind=Kind(document["kind"]),
        name=document["name"],
        key_field=document["key_field"],
        title_field=document["title_field"],
        number=number,
        groups=tuple(Group(group["key"], group["label"]) for group in document["groups"]),
        fields=tuple(
            Field(group=group["key"], **field)
            for group in document["groups"]
            for field in group["fields"]
        ),
        columns=tuple(document["list"]["columns"]),
        sort=document["list"]["sort"],
        permissions={act: tuple(roles) for act, roles in document["permissions"].items()},
        links=document.get("links", {}),
    )
    if wrong := dict(_contradictions(definition)):
        raise BadDefinition(fields={path: [key] for path, key in wrong.items()})
    return definition


def _contradictions(definition: Definition) -> list[tuple[str, str]]:
    wrong: list[tuple[str, str]] = []
    keys = [field.key for field in definition.fields]
    wrong += [(key, "validation.duplicate") for key in set(keys) if keys.count(key) > 1]
    if len(keys) > MOST_FIELDS:
        wrong.append(("fields", "validation.too_many"))
    named = {"key_field": definition.key_field, "title_field": definition.title_field}
    named |= {f"links.{part}": key for part, key in definition.links.items()}
    named |= {f"list.columns.{key}": key for key in definition.columns if key not in SORTABLE}
    wrong += [
        (place, "validation.unknown_field") for place, key in named.items() if key not in keys
    ]
    for field in definition.fields:
        if unknown := set(field.settings) - type_of(field).settings:
            wrong += [(f"{field.key}.{name}", "validation.unknown_field") for name in unknown]
        elif key := type_of(field).check(field):
            wrong.append((field.key, key))
    return wrong


def document_of(definition: Definition) -> dict[str, Any]:
    """The inverse of `load_definition`."""
    return {
        "identifier": definition.identifier,
        "kind": definition.kind.value,
        "name": dict(definition.name),
        "key_field": definition.key_field,
        "title_field": definition.title_field,
        "groups": [
            {
                "key": group.key,
                "label": dict(group.label),
                "fields": [
                    _field_document(field)
                    for field in definition.fields
                    if field.group == group.key
                ],
            }
            for group in definition.groups
        ],
        "list": {"columns": list(definition.columns), "sort": definition.sort},
        "permissions": {act: list(roles) for act, roles in definition.permissions.items()},
        "links": dict(definition.links),
    }


def _field_document(field: Field) -> dict[str, Any]:
    flags = ("required", "read_only", "unique", "indexed", "searched", "in_list")
    return {
        "key": field.key,
        "type": field.type,
        "label": dict(field.label),
        **{flag: True for flag in flags if getattr(field, flag)},
        "width": field.width,
        "settings": dict(field.settings),
    }
