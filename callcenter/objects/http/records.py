"""Data objects over HTTP: definitions, records, their log."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import INCLUDE
from sqlalchemy.orm import Session

from callcenter.calls.service import Calls
from callcenter.core.db import Database
from callcenter.core.errors import NotFound
from callcenter.core.http import (
    Blueprint,
    Page,
    PageQuery,
    PageRequest,
    current_actor,
    expected_version,
    requires,
    scope,
    with_etag,
)
from callcenter.core.idempotency import Idempotency
from callcenter.core.numbers import Number, NumberKind
from callcenter.core.permissions import Permission
from callcenter.core.repeat import repeatable
from callcenter.core.tenant import Actor
from callcenter.expressions import ROLE, tree
from callcenter.objects.schemas import (
    ACTS,
    ChangePage,
    Definition,
    DefinitionAnswer,
    Kind,
    NewRecord,
    ObjectShape,
    RecordPage,
    RecordPatch,
    RecordShape,
)
from callcenter.objects.schemas.life import HistoryQuery
from callcenter.objects.schemas.rights import NEEDED, Access, access
from callcenter.objects.service import Records
from callcenter.objects.service.seeing import clear_to, seen_by
from callcenter.objects.types import masked_type, type_of
from callcenter.objects.types.base import Field
from callcenter.objects.types.choice import whole_option
from callcenter.objects.types.formula import RESULTS, places_of


class RecordQuery(PageQuery):
    """Paging, and filters by field: `f.<field>`, `f.<field>.from`, `f.<field>.to`."""

    class Meta:
        unknown = INCLUDE


def blueprint(
    database: Database, records: Records, calls: Calls, idempotency: Idempotency
) -> Blueprint:
    blp = Blueprint("objects", __name__, url_prefix="/objects", description="Data objects")
    _definitions(blp, database, records)
    _records(blp, database, records, calls, idempotency)
    return blp


def _definitions(blp: Blueprint, database: Database, records: Records) -> None:
    @blp.route("")
    @blp.response(200, ObjectShape(many=True))
    @requires(Permission.RECORDS_READ, Permission.OBJECTS_DEFINE)
    def listed() -> Any:
        actor = current_actor()
        shapes = actor.may(Permission.OBJECTS_DEFINE)
        with database.begin(scope()) as session:
            known = records.definitions.all(session)
        return [one for one in known if shapes or one.allows("read", actor.role.value)]

    @blp.route("/<identifier>")
    @blp.response(200, DefinitionAnswer)
    @requires(Permission.RECORDS_READ, Permission.OBJECTS_DEFINE)
    def one(identifier: str) -> Any:
        actor = current_actor()
        with database.begin(scope()) as session:
            definition = records.definitions.get(session, identifier)
        role, shapes = actor.role.value, actor.may(Permission.OBJECTS_DEFINE)
        if not shapes and not any(definition.allows(act, role) for act in ACTS):
            raise NotFound
        return _answer(definition, actor)


def _records(
    blp: Blueprint, database: Database, records: Records, calls: Calls, idempotency: Idempotency
) -> None:
    @blp.route("/<identifier>/records")
    @blp.arguments(RecordQuery, location="query", unknown=INCLUDE)
    @blp.response(200, RecordPage)
    @requires(Permission.RECORDS_READ)
    def page(query: dict[str, Any], identifier: str) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return records.page(session, identifier, wanted, query)

    @blp.route("/<identifier>/records", methods=["POST"])
    @blp.once
    @blp.arguments(NewRecord)
    @blp.response(201, RecordShape)
    @requires(Permission.RECORDS_WRITE)
    def create(body: dict[str, Any], identifier: str) -> Any:
        def act() -> Mapping[str, Any]:
            with database.begin(scope()) as session:
                return _create(session, records, calls, identifier, body)

        return repeatable(idempotency, RecordShape, 201, act)

    @blp.route("/<identifier>/records/<uuid:record_id>")
    @blp.response(200, RecordShape)
    @requires(Permission.RECORDS_READ)
    def read(identifier: str, record_id: UUID) -> Any:
        with database.begin(scope()) as session:
            record = records.read(session, identifier, record_id)
        return with_etag(record, record["version"])

    @blp.route("/<identifier>/records/<uuid:record_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(RecordPatch)
    @blp.response(200, RecordShape)
    @requires(Permission.RECORDS_WRITE)
    def update(body: dict[str, Any], identifier: str, record_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            record = records.update(session, identifier, record_id, body["values"], version)
        return with_etag(record, record["version"])

    @blp.route("/<identifier>/records/<uuid:record_id>", methods=["DELETE"])
    @blp.versioned
    @blp.response(204)
    @requires(Permission.RECORDS_DELETE)
    def delete(identifier: str, record_id: UUID) -> None:
        version = expected_version()
        with database.begin(scope()) as session:
            records.delete(session, identifier, record_id, version)

    @blp.route("/<identifier>/records/<uuid:record_id>/log")
    @blp.arguments(HistoryQuery, location="query")
    @blp.response(200, ChangePage)
    @requires(Permission.RECORDS_READ)
    def log(query: dict[str, Any], identifier: str, record_id: UUID) -> Page:
        wanted = PageRequest.take(query)
        with database.begin(scope()) as session:
            return records.changes(session, identifier, record_id, wanted, query)


def _create(
    session: Session, records: Records, calls: Calls, identifier: str, body: Mapping[str, Any]
) -> Mapping[str, Any]:
    """A record made during a call belongs to it: its work order, or the customer who called."""
    call_id = body["call_id"]
    if call_id is not None:
        calls.check_handled(session, call_id)
    definition = records.definitions.get(session, identifier)
    kind, supplied = definition.kind, {}
    if call_id is not None and kind is Kind.CUSTOMER:
        supplied = _number_called_from(definition, calls.number_of(session, call_id))
    record = records.create(
        session, identifier, body["values"], call_id, body["customer_id"], supplied
    )
    if call_id is not None and kind is Kind.WORK_ORDER:
        calls.link_work_order(session, call_id, identifier, record["id"])
        chosen = records.customer_of(session, identifier, record["id"])
        # Whom the form names is who called, unless somebody said otherwise before.
        if chosen and calls.customer_of(session, call_id) is None:
            calls.link_customer(session, call_id, chosen)
    if call_id is not None and kind is Kind.CUSTOMER:
        calls.link_customer(session, call_id, record["id"])
    return record


def _number_called_from(definition: Definition, number: Number) -> dict[str, Any]:
    """Who calls becomes a customer with the number, which the page may not know."""
    if not definition.phones or number.kind is NumberKind.WITHHELD:
        return {}
    return {definition.phones[0].key: number.national}


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
        "in_list": field.in_list,
        "in_search": usable and (field.searched or masked_type(field) is not None),
        "sortable": usable and definition.has_column(field) and kind.sortable,
        "filterable": usable and definition.has_column(field),
        "when": _when(clear, field),
        "formula": _formula(definition, field, right),
        **{
            name: field.setting(name)
            for name in ("help", "reference", "min", "max", "max_length", "pattern")
        },
    }
