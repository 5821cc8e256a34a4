"""Expert queries over HTTP, for designers; whoever uses them asks as of any query (`queries/http.py`)."""

from typing import Any

from callcenter.core.db import Database
from callcenter.core.http import (
    Blueprint,
    current_actor,
    expected_version,
    requires,
    scope,
    with_etag,
)
from callcenter.core.permissions import Permission
from callcenter.queries.answers import PRODUCT, REPLICA
from callcenter.queries.expert.allowed import KNOWN
from callcenter.queries.expert.document import load
from callcenter.queries.expert.errors import BadText
from callcenter.queries.expert.languages import LANGUAGES
from callcenter.queries.expert.running import ExpertRuns
from callcenter.queries.expert.schemas import (
    ExpertAnswer,
    ExpertBody,
    ExpertObjects,
    ExpertObjectsQuery,
    ExpertTrialAnswer,
    ExpertTrialBody,
    NewExpertQuery,
    said,
)
from callcenter.queries.external.keeping import relations
from callcenter.queries.external.opening import Sources
from callcenter.queries.models import DataSource
from callcenter.queries.schemas import takes
from callcenter.queries.service import Judging, Queries, Running, Wanted

TRIED = 50
"""Rows of a document that is not kept."""

_DESIGNERS = requires(Permission.OBJECTS_DEFINE)


def blueprint(
    database: Database, queries: Queries, running: Running, sources: Sources
) -> Blueprint:
    blp = Blueprint(
        "expert_queries", __name__, url_prefix="/expert-queries", description="Expert queries"
    )
    _trial(blp, database, queries, running)
    _named(blp, database, running.expert, sources)
    _kept(blp, database, queries)
    return blp


def _named(blp: Blueprint, database: Database, runs: ExpertRuns, sources: Sources) -> None:
    @blp.route("/objects")
    @blp.arguments(ExpertObjectsQuery, location="query")
    @blp.response(200, ExpertObjects)
    @_DESIGNERS
    def objects(query: dict[str, Any]) -> Any:
        """What a statement may name, as whoever asks sees it."""
        source = query["data_source"]
        with database.begin(scope()) as session:
            if source not in (PRODUCT, REPLICA):
                return _tables(sources.find(session, source))
            found = runs.objects(session).values()
        items = [
            {
                "identifier": each.definition.identifier,
                "name": each.definition.name,
                "fields_": [{"key": "id", "label": {}, "type": "id"}, *each.fields.values()],
            }
            for each in found
        ]
        return {"items": items, "functions": sorted(KNOWN)}


def _tables(row: DataSource) -> dict[str, Any]:
    items = [
        {
            "identifier": each.called,
            "name": {},
            "fields_": [
                {"key": key, "label": {}, "type": kind} for key, kind in each.columns.items()
            ],
        }
        for each in relations(row).values()
    ]
    return {"items": items, "functions": sorted(LANGUAGES[row.kind].functions)}


def _trial(blp: Blueprint, database: Database, queries: Queries, running: Running) -> None:
    @blp.route("/run", methods=["POST"])
    @blp.doc(description="Of a document that need not be kept: its first rows, or its problems.")
    @blp.arguments(ExpertTrialBody)
    @blp.response(200, ExpertTrialAnswer)
    @_DESIGNERS
    def try_out(body: dict[str, Any]) -> Any:
        query, locale = load(body["document"]), current_actor().locale
        with database.begin(scope()) as session:
            judging = queries.judging(session, query, body["roles"])
        if not (problems := judging()):
            wanted = Wanted(takes(body["parameters"]), page_size=TRIED)
            try:
                with database.begin(scope()) as session:
                    begun = queries.beginnings.begun(session, query, wanted.parameters)
                    answering = running.begun(session, begun, wanted)
                return {"problems": [], "answer": answering()}
            except BadText as bad:
                problems = tuple(bad.problems)
        return {"problems": [said(each, locale) for each in problems], "answer": None}


def _kept(blp: Blueprint, database: Database, queries: Queries) -> None:
    @blp.route("", methods=["POST"])
    @blp.arguments(NewExpertQuery)
    @blp.response(201, ExpertAnswer)
    @_DESIGNERS
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            judging = queries.judging_new(session, body)
        _check(judging)
        with database.begin(scope()) as session:
            made = queries.create(session, body, judged=True)
        return with_etag(made, made["version"], 201)

    @blp.route("/<key>")
    @blp.response(200, ExpertAnswer)
    @_DESIGNERS
    def read(key: str) -> Any:
        with database.begin(scope()) as session:
            query = queries.get(session, key, expert=True)
        return with_etag(query, query["version"])

    @blp.route("/<key>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(ExpertBody(partial=True))
    @blp.response(200, ExpertAnswer)
    @_DESIGNERS
    def change(body: dict[str, Any], key: str) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            judging = queries.judging_change(session, key, body, version)
        _check(judging)
        with database.begin(scope()) as session:
            query = queries.change(session, key, body, version, expert=True)
        return with_etag(query, query["version"])


def _check(judging: Judging) -> None:
    """In no transaction: it may be a data source that is asked. Raises BadText."""
    if found := judging():
        raise BadText(found)
