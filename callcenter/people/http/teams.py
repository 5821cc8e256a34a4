"""Teams and skills over HTTP."""

from typing import Any
from uuid import UUID

from callcenter.core.db import Database
from callcenter.core.http import (
    Blueprint,
    Page,
    PageQuery,
    PageRequest,
    expected_version,
    requires,
    scope,
    version_if_given,
    with_etag,
)
from callcenter.core.permissions import Permission
from callcenter.people.schemas import (
    SkillBody,
    SkillPage,
    SkillShape,
    TeamBody,
    TeamPage,
    TeamShape,
)
from callcenter.people.service import Skills, Teams

_ADMIN = requires(Permission.ENTERPRISE_MANAGE)


def blueprint(database: Database, teams: Teams, skills: Skills) -> Blueprint:
    blp = Blueprint("teams", __name__, description="Teams and skills")
    _teams(blp, database, teams)
    _skills(blp, database, skills)
    return blp


def _teams(blp: Blueprint, database: Database, teams: Teams) -> None:
    @blp.route("/teams")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, TeamPage)
    @_ADMIN
    def page(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            return teams.page(session, PageRequest.take(query))

    @blp.route("/teams", methods=["POST"])
    @blp.arguments(TeamBody)
    @blp.response(201, TeamShape)
    @_ADMIN
    def create(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            made = teams.create(session, body)
        return with_etag(made, made["version"], 201)

    @blp.route("/teams/<uuid:team_id>")
    @blp.response(200, TeamShape)
    @_ADMIN
    def read(team_id: UUID) -> Any:
        with database.begin(scope()) as session:
            team = teams.read(session, team_id)
        return with_etag(team, team["version"])

    @blp.route("/teams/<uuid:team_id>", methods=["PATCH"])
    @blp.versioned
    @blp.arguments(TeamBody(partial=True))
    @blp.response(200, TeamShape)
    @_ADMIN
    def change(body: dict[str, Any], team_id: UUID) -> Any:
        version = expected_version()
        with database.begin(scope()) as session:
            team = teams.change(session, team_id, body, version)
        return with_etag(team, team["version"])

    @blp.route("/teams/<uuid:team_id>", methods=["DELETE"])
    @blp.versioned_if_given
    @blp.response(204)
    @_ADMIN
    def delete(team_id: UUID) -> None:
        version = version_if_given()
        with database.begin(scope()) as session:
            teams.delete(session, team_id, version)


def _skills(blp: Blueprint, database: Database, skills: Skills) -> None:
    @blp.route("/skills")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, SkillPage)
    @_ADMIN
    def skill_page(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            return skills.page(session, PageRequest.take(query))

    @blp.route("/skills", methods=["POST"])
    @blp.arguments(SkillBody)
    @blp.response(201, SkillShape)
    @_ADMIN
    def create_skill(body: dict[str, Any]) -> Any:
        with database.begin(scope()) as session:
            return skills.create(session, body["name"])

    @blp.route("/skills/<uuid:skill_id>", methods=["PATCH"])
    @blp.arguments(SkillBody)
    @blp.response(200, SkillShape)
    @_ADMIN
    def rename_skill(body: dict[str, Any], skill_id: UUID) -> Any:
        with database.begin(scope()) as session:
            return skills.rename(session, skill_id, body["name"])

    @blp.route("/skills/<uuid:skill_id>", methods=["DELETE"])
    @blp.response(204)
    @_ADMIN
    def delete_skill(skill_id: UUID) -> None:
        with database.begin(scope()) as session:
            skills.delete(session, skill_id)
