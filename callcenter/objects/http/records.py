"""Data objects over HTTP: records, their log."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from marshmallow import INCLUDE, fields, validate
from sqlalchemy.orm import Session

from callcenter.calls.service import Calls, Following
from callcenter.core.db import Database
from callcenter.core.http import (
    Blueprint,
    Page,
    PageQuery,
    PageRequest,
    expected_version,
    for_keys,
    requires,
    scope,
    with_etag,
)
from callcenter.core.idempotency import Idempotency
from callcenter.core.numbers import Number, NumberKind
from callcenter.core.permissions import Permission
from callcenter.core.repeat import repeatable
from callcenter.objects.http.definitions import definition_routes
from callcenter.objects.schemas import (
    ChangePage,
    Definition,
    Kind,
    NewRecord,
    RecordPage,
    RecordPatch,
    RecordShape,
    TotalsShape,
)
from callcenter.objects.schemas.life import HistoryQuery
from callcenter.objects.service import Records

LONGEST_WISH = 6_000
"""An address has no room for more."""


class RecordQuery(PageQuery):
    """Paging, and filters by field: `f.<field>`, `f.<field>.from`, `f.<field>.to`.

    fields: keys, with commas between them, of those whose values are asked for; left out, all are.
    """

    fields_ = fields.Str(
        data_key="fields", load_default="", validate=validate.Length(max=LONGEST_WISH)
    )

    class Meta:
        unknown = INCLUDE


def blueprint(
    database: Database,
    records: Records,
    calls: Calls,
    following: Following,
    idempotency: Idempotency,
) -> Blueprint:
    blp = Blueprint("objects", __name__, url_prefix="/objects", description="Data objects")
    definition_routes(blp, database, records)
    _records(blp, database, records, calls, following, idempotency)
    return blp


def _records(
    blp: Blueprint,
    database: Database,
    records: Records,
    calls: Calls,
    following: Following,
    idempotency: Idempotency,
) -> None:
    @blp.route("/<identifier>/records")
    @blp.arguments(RecordQuery, location="query", unknown=INCLUDE)
    @blp.response(200, RecordPage)
    @for_keys
    @requires(Permission.RECORDS_READ)
    def page(query: dict[str, Any], identifier: str) -> Page:
        wanted, keys = PageRequest.take(query), _keys(query)
        with database.begin(scope()) as session:
            return records.page(session, identifier, wanted, query, keys)

    @blp.route("/<identifier>/records/totals")
    @blp.arguments(RecordQuery, location="query", unknown=INCLUDE)
    @blp.response(200, TotalsShape)
    @for_keys
    @requires(Permission.RECORDS_READ)
    def totals(query: dict[str, Any], identifier: str) -> Any:
        wanted, keys = PageRequest.take(query), _keys(query)
        with database.begin(scope()) as session:
            return records.totals(session, identifier, wanted, query, keys)

    @blp.route("/<identifier>/records", methods=["POST"])
    @blp.once
    @blp.arguments(NewRecord)
    @blp.response(201, RecordShape)
    @for_keys
    @requires(Permission.RECORDS_WRITE)
    def create(body: dict[str, Any], identifier: str) -> Any:
        def act() -> Mapping[str, Any]:
            if body["call_id"] is not None:
                following.wait(scope().require_actor(), body["call_id"])
            with database.begin(scope()) as session:
                return _create(session, records, calls, identifier, body)

        return repeatable(idempotency, RecordShape, 201, act)

    @blp.route("/<identifier>/records/<uuid:record_id>")
    @blp.response(200, RecordShape)
    @for_keys
    @requires(Permission.RECORDS_READ)
    def read(identifier: str, record_id: UUID) -> Any:
        with database.begin(scope()) as session:
            record = records.read(session, identifier, record_id)
        return with_etag(record, record["version"])

    @blp.route("/<identifier>/records/<uuid:record_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(RecordPatch)
    @blp.response(200, RecordShape)
    @for_keys
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


def _keys(query: dict[str, Any]) -> list[str]:
    """What is asked for by `fields`, taken out: the rest are filters."""
    return [key for key in query.pop("fields_").split(",") if key]


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
