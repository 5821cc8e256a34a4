"""Data sources over HTTP, for designers."""

from typing import Any
from uuid import UUID

from callcenter.core.db import Database
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
from callcenter.core.i18n import caption
from callcenter.core.permissions import Permission
from callcenter.queries.external.errors import SourceFailed, StatementRefused, StatementTooSlow
from callcenter.queries.external.keeping import DataSources, look_and_keep
from callcenter.queries.external.schemas import (
    DataSourceChange,
    DataSourceChoices,
    DataSourcePage,
    DataSourceShape,
    DataSourceTrial,
    DataSourceTried,
    NewDataSource,
)

_DESIGNERS = requires(Permission.OBJECTS_DEFINE)


def blueprint(database: Database, sources: DataSources, *, replica: bool) -> Blueprint:
    """replica: whether the installation has one."""
    blp = Blueprint(
        "data_sources", __name__, url_prefix="/data-sources", description="Data sources of queries"
    )
    _list(blp, database, sources, replica=replica)
    _one(blp, database, sources)
    _looks(blp, database, sources)
    return blp


def _list(blp: Blueprint, database: Database, sources: DataSources, *, replica: bool) -> None:
    @blp.route("")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, DataSourcePage)
    @_DESIGNERS
    def page(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            return sources.page(session, PageRequest.take(query))

    @blp.route("", methods=["POST"])
    @blp.arguments(NewDataSource)
    @blp.response(201, DataSourceShape)
    @_DESIGNERS
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = sources.create(session, body)
        return with_etag(made, made["version"], 201)

    @blp.route("/choices")
    @blp.response(200, DataSourceChoices)
    @_DESIGNERS
    def choices() -> Any:
        """Where a query may be asked, beside the product's own database."""
        with database.begin(scope()) as session:
            return {"replica": replica, "items": sources.choices(session)}


def _one(blp: Blueprint, database: Database, sources: DataSources) -> None:
    @blp.route("/<uuid:source_id>")
    @blp.response(200, DataSourceShape)
    @_DESIGNERS
    def read(source_id: UUID) -> Any:
        with database.begin(scope()) as session:
            found = sources.read(session, source_id)
        return with_etag(found, found["version"])

    @blp.route("/<uuid:source_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(DataSourceChange(partial=True))
    @blp.response(200, DataSourceShape)
    @_DESIGNERS
    def change(body: dict[str, Any], source_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            found = sources.change(session, source_id, body, version)
        return with_etag(found, found["version"])

    @blp.route("/<uuid:source_id>", methods=["DELETE"])
    @blp.versioned
    @blp.response(204)
    @_DESIGNERS
    def delete(source_id: UUID) -> None:
        version = expected_version()
        with database.begin(scope()) as session:
            sources.delete(session, source_id, version)


def _looks(blp: Blueprint, database: Database, sources: DataSources) -> None:
    @blp.route("/test", methods=["POST"])
    @blp.doc(description="Whether settings lead to a database, or why not; nothing is kept.")
    @blp.arguments(DataSourceTrial)
    @blp.response(200, DataSourceTried)
    @_DESIGNERS
    def test(body: dict[str, Any]) -> Any:
        locale = current_actor().locale
        try:
            with database.begin(scope()) as session:
                source, zone = sources.to_try(session, body)
            server, tables = sources.look(source, zone)
        except SourceFailed as failure:
            return _failed(caption(f"error.{failure.code}", locale, failure.details))
        except StatementRefused as refused:
            return _failed(caption("expert.database", locale, {"said": refused.said}))
        except StatementTooSlow:
            return _failed(caption("error.query-too-slow", locale, {"seconds": 15}))
        return {"works": True, "server": server, "tables": len(tables), "said": ""}

    @blp.route("/<uuid:source_id>/refresh", methods=["POST"])
    @blp.doc(description="Its tables and columns are looked up anew.")
    @blp.response(200, DataSourceShape)
    @_DESIGNERS
    def refresh(source_id: UUID) -> Any:
        found = look_and_keep(database, scope, sources, source_id)
        return with_etag(found, found["version"])


def _failed(said: str) -> dict[str, Any]:
    return {"works": False, "server": "", "tables": 0, "said": said}
