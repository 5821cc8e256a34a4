"""Colleagues, teams and services by name, for everyone who fills in a form: pickers ask here."""

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any

from callcenter.core.db import Database
from callcenter.core.directory import Directory
from callcenter.core.http import Blueprint, Page, PageQuery, PageRequest, for_keys, requires, scope
from callcenter.core.permissions import Permission
from callcenter.people.schemas import ColleaguePage, ServiceNamePage, TeamNamePage


def blueprint(database: Database, directory: Directory) -> Blueprint:
    blp = Blueprint("directory", __name__, url_prefix="/directory", description="Who is who")

    @blp.route("/users")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, ColleaguePage)
    @requires(Permission.RECORDS_READ)
    def users(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            people = directory.people(session).values()
        found = (
            {"id": person.id, "name": person.name, "employee_code": person.employee_code}
            for person in sorted(people, key=lambda person: person.employee_code)
            if person.active
        )
        return _page(found, PageRequest.take(query))

    @blp.route("/teams")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, TeamNamePage)
    @requires(Permission.RECORDS_READ)
    def teams(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            named = directory.teams(session)
        found = ({"id": team_id, "name": name} for team_id, name in named.items())
        return _page(found, PageRequest.take(query))

    @blp.route("/services")
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, ServiceNamePage)
    @for_keys
    @requires(Permission.RECORDS_READ, Permission.CALLBACKS_ASK)
    def services(query: dict[str, Any]) -> Page:
        with database.begin(scope()) as session:
            cards = directory.services(session).values()
        found = ({"id": card.id, "name": card.name} for card in cards)
        return _page(sorted(found, key=itemgetter("name")), PageRequest.take(query))

    return blp


def _page(entries: Iterable[Mapping[str, Any]], wanted: PageRequest) -> Page:
    text = wanted.q.strip().lower()
    found = [
        entry
        for entry in entries
        if text in f"{entry['name']} {entry.get('employee_code', '')}".lower()
        # Of a kept filter the page knows no more.
        or text == str(entry["id"])
    ]
    start = (wanted.page - 1) * wanted.page_size
    shown = found[start : start + wanted.page_size]
    return Page(shown, len(found), wanted.page, wanted.page_size)
