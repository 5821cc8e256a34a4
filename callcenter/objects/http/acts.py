"""Acts on many records over HTTP."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from callcenter.core.db import Database
from callcenter.core.errors import Invalid
from callcenter.core.http import Blueprint, requires, scope
from callcenter.core.idempotency import Idempotency
from callcenter.core.permissions import Permission
from callcenter.core.repeat import repeatable
from callcenter.objects.schemas.acts import BulkAnswer, BulkBody
from callcenter.objects.service import BulkActs
from callcenter.objects.service.acts import Wanted
from callcenter.objects.service.several import Act, Target

_MAY = (Permission.RECORDS_WRITE, Permission.RECORDS_DELETE)


def blueprint(database: Database, acts: BulkActs, idempotency: Idempotency) -> Blueprint:
    blp = Blueprint(
        "acts",
        __name__,
        url_prefix="/objects/<identifier>/bulk",
        description="Many records at once",
    )

    @blp.route("", methods=["POST"])
    @blp.once
    @blp.doc(description="Up to 100 chosen records at once; more, and all that match, as a job.")
    @blp.arguments(BulkBody)
    @blp.response(200, BulkAnswer)
    @requires(*_MAY)
    def act(body: dict[str, Any], identifier: str) -> Any:
        wanted = _wanted(body)

        def once() -> Mapping[str, Any]:
            with database.begin(scope()) as session:
                return acts.request(session, identifier, wanted)

        return repeatable(idempotency, BulkAnswer, 200, once)

    @blp.route("/<uuid:bulk_id>")
    @blp.response(200, BulkAnswer)
    @requires(*_MAY)
    def one(identifier: str, bulk_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return acts.get(session, identifier, bulk_id)

    @blp.route("/<uuid:bulk_id>/cancel", methods=["POST"])
    @blp.response(200, BulkAnswer)
    @requires(*_MAY)
    def cancel(identifier: str, bulk_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return acts.cancel(session, identifier, bulk_id)

    return blp


def _wanted(body: Mapping[str, Any]) -> Wanted:
    act, chosen, every = Act(body["act"], body["values"]), body["records"], body["every"]
    if (chosen is None) == (every is None):
        raise Invalid(fields={"records": ["validation.required"]})
    if chosen is None:
        return Wanted(act, None, every["q"], every["filters"])
    targets = {one["id"]: Target(one["id"], one["version"]) for one in chosen}
    if not targets:
        raise Invalid(fields={"records": ["validation.required"]})
    return Wanted(act, [*targets.values()])
