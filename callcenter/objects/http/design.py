"""Shaping objects over HTTP: drafts, their check, publication, versions."""

from typing import Any

from callcenter.core.db import Database
from callcenter.core.http import (
    Blueprint,
    Page,
    PageQuery,
    PageRequest,
    expected_version,
    requires,
    scope,
    with_etag,
)
from callcenter.core.permissions import Permission
from callcenter.objects.schemas.design import (
    CheckAnswer,
    DefinitionDraft,
    DesignAnswer,
    DesignItem,
    HiddenField,
    NewObject,
    Publication,
    TypeAnswer,
    VersionAnswer,
    VersionPage,
)
from callcenter.objects.service import Designs, Hidden, PublicationJobs, Publications


def blueprint(
    database: Database,
    designs: Designs,
    publications: Publications,
    jobs: PublicationJobs,
    hidden: Hidden,
) -> Blueprint:
    blp = Blueprint("design", __name__, url_prefix="/design", description="Shaping data objects")
    _objects(blp, database, designs)
    _draft(blp, database, designs, publications)
    _publication(blp, database, designs, jobs)
    _versions(blp, database, designs)
    _hidden(blp, database, designs, hidden)
    return blp


def _objects(blp: Blueprint, database: Database, designs: Designs) -> None:
    @blp.route("/types")
    @blp.response(200, TypeAnswer(many=True))
    @requires(Permission.OBJECTS_DEFINE)
    def types() -> Any:
        return designs.types()

    @blp.route("/objects")
    @blp.response(200, DesignItem(many=True))
    @requires(Permission.OBJECTS_DEFINE)
    def listed() -> Any:
        with database.begin(scope()) as session:
            return designs.all(session)

    @blp.route("/objects", methods=["POST"])
    @blp.arguments(NewObject)
    @blp.response(201, DesignAnswer)
    @requires(Permission.OBJECTS_DEFINE)
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            design = designs.create(session, body["identifier"], body["kind"], body["name"])
        return with_etag(design, design["version"], 201)

    @blp.route("/objects/<identifier>")
    @blp.response(200, DesignAnswer)
    @requires(Permission.OBJECTS_DEFINE)
    def one(identifier: str) -> Any:
        with database.begin(scope()) as session:
            design = designs.get(session, identifier)
        return with_etag(design, design["version"])

    @blp.route("/objects/<identifier>", methods=["DELETE"])
    @blp.versioned
    @blp.response(204)
    @requires(Permission.OBJECTS_DEFINE)
    def delete(identifier: str) -> None:
        version = expected_version()
        with database.begin(scope()) as session:
            designs.delete(session, identifier, version)


def _draft(
    blp: Blueprint, database: Database, designs: Designs, publications: Publications
) -> None:
    @blp.route("/objects/<identifier>/draft", methods=["PUT"])
    @blp.versioned
    @blp.arguments(DefinitionDraft)
    @blp.response(200, DesignAnswer)
    @requires(Permission.OBJECTS_DEFINE)
    def save(body: dict[str, Any], identifier: str) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            design = designs.save(session, identifier, body["document"], version)
        return with_etag(design, design["version"])

    @blp.route("/objects/<identifier>/draft", methods=["DELETE"])
    @blp.versioned
    @blp.response(200, DesignAnswer)
    @requires(Permission.OBJECTS_DEFINE)
    def discard(identifier: str) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            design = designs.discard(session, identifier, version)
        return with_etag(design, design["version"])

    @blp.route("/objects/<identifier>/check", methods=["POST"])
    @blp.response(200, CheckAnswer)
    @requires(Permission.OBJECTS_DEFINE)
    def check(identifier: str) -> Any:
        with database.begin(scope()) as session:
            return publications.check(session, identifier)


def _publication(
    blp: Blueprint, database: Database, designs: Designs, jobs: PublicationJobs
) -> None:
    @blp.route("/objects/<identifier>/publish", methods=["POST"])
    @blp.versioned
    @blp.arguments(Publication)
    @blp.response(200, DesignAnswer)
    @requires(Permission.OBJECTS_DEFINE)
    def publish(body: dict[str, Any], identifier: str) -> Any:
        """Its answer has a `publication` where the worker goes on with it."""
        version = expected_version()
        accepted = body["accept_losses"]
        jobs.publish(scope(), identifier, version, note=body["note"], losses_accepted=accepted)
        with database.begin(scope()) as session:
            design = designs.get(session, identifier)
        return with_etag(design, design["version"])

    @blp.route("/objects/<identifier>/publication", methods=["DELETE"])
    @blp.response(200, DesignAnswer)
    @requires(Permission.OBJECTS_DEFINE)
    def cancel(identifier: str) -> Any:
        jobs.cancel(scope(), identifier)
        with database.begin(scope()) as session:
            design = designs.get(session, identifier)
        return with_etag(design, design["version"])


def _versions(blp: Blueprint, database: Database, designs: Designs) -> None:
    @blp.route("/objects/<identifier>/versions")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, VersionPage)
    @requires(Permission.OBJECTS_DEFINE)
    def versions(query: dict[str, Any], identifier: str) -> Page:
        with database.begin(scope()) as session:
            return designs.versions(session, identifier, PageRequest.take(query))

    @blp.route("/objects/<identifier>/versions/<int:number>")
    @blp.response(200, VersionAnswer)
    @requires(Permission.OBJECTS_DEFINE)
    def version(identifier: str, number: int) -> Any:
        with database.begin(scope()) as session:
            return designs.version(session, identifier, number)

    @blp.route("/objects/<identifier>/versions/<int:number>/restore", methods=["POST"])
    @blp.versioned
    @blp.response(200, DesignAnswer)
    @requires(Permission.OBJECTS_DEFINE)
    def restore(identifier: str, number: int) -> Any:
        expected = expected_version()
        with database.begin(scope()) as session:
            design = designs.restore(session, identifier, number, expected)
        return with_etag(design, design["version"])


def _hidden(blp: Blueprint, database: Database, designs: Designs, hidden: Hidden) -> None:
    @blp.route("/objects/<identifier>/hidden")
    @blp.response(200, HiddenField(many=True))
    @requires(Permission.OBJECTS_DEFINE)
    def listed(identifier: str) -> Any:
        with database.begin(scope()) as session:
            return hidden.all(session, identifier)

    @blp.route("/objects/<identifier>/hidden/<place>", methods=["DELETE"])
    @blp.versioned
    @blp.response(200, DesignAnswer)
    @requires(Permission.OBJECTS_DEFINE)
    def purge(identifier: str, place: str) -> Any:
        """For good. The worker does it; until it is through, `hidden` says so."""
        version = expected_version()
        with database.begin(scope()) as session:
            hidden.purge(session, identifier, place, version)
            design = designs.get(session, identifier)
        return with_etag(design, design["version"])
