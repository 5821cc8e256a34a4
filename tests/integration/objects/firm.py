"""Objects of a firm whose records belong to people and teams: clients, and jobs done for them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import delete, text

from callcenter.core.audit import Audit
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.objects.models import DataObject
from callcenter.objects.service import Installer, Versions
from callcenter.objects.tasks import Publisher
from tests.integration.objects.shaping import a_field, label
from tests.support.office import Caller, Office, Seeded

CLIENTS, JOBS = "/objects/client/records", "/objects/job/records"

RIGHTS = {
    "create": {"agent": "all", "leader": "all", "admin": "all", "conf": "all"},
    "read": {"agent": "own", "leader": "team", "admin": "all", "conf": "all"},
    "edit": {"agent": "own", "leader": "own", "admin": "all"},
    "delete": {"admin": "all", "conf": "own"},
}
"""The inspector may do nothing."""


def a_document(
    identifier: str, kind: str, fields: list[dict[str, Any]], **more: Any
) -> dict[str, Any]:
    whole = [
        a_field("name", required=True, indexed=True),
        a_field("owner", "user"),
        a_field("crew", "team"),
        *fields,
    ]
    document = {
        "identifier": identifier, "kind": kind, "name": label(identifier), "key_field": "name",
        "title_field": "name",
        "groups": [{"key": "main", "label": label("main"), "fields": whole}],
        "list": {"columns": ["name"], "sort": "-created_at"}, "permissions": RIGHTS,
        "links": {"assignee": "owner", "team": "crew"},
    }  # fmt: skip
    links = {**document["links"], **more.pop("links", {})}
    return {**document, **more, "links": links}


def clients(*fields: dict[str, Any], identifier: str = "client", **more: Any) -> dict[str, Any]:
    return a_document(identifier, "customer", [a_field("phone", "phone"), *fields], **more)


def jobs(*fields: dict[str, Any], identifier: str = "job", **more: Any) -> dict[str, Any]:
    settings = {"reference": {"object": "client"}}
    customer = a_field("customer", "reference", settings=settings)
    links = {"customer": "customer"}
    return a_document(identifier, "work_order", [customer, *fields], links=links, **more)


class Firm:
    """Brings objects into force, and takes them away again."""

    def __init__(
        self, seeded: Seeded, database: Database, office: Office, clock: ManualClock
    ) -> None:
        self._seeded = seeded
        self._database = database
        self._office = office
        self._clock = clock
        self._names: list[str] = []

    def keeps(self, *documents: Mapping[str, Any]) -> None:
        publisher = Publisher(self._seeded.owner, self._clock)
        versions = Versions(Audit(self._clock), self._clock)
        installer = Installer(publisher, versions, self._clock)
        with self._database.begin(Scope.platform()) as session:
            for document in documents:
                installer.publish(session, self._office.id, self._office.code, document)
                self._names.append(document["identifier"])

    def close(self) -> None:
        with self._database.begin(Scope.platform()) as session:
            session.execute(delete(DataObject).where(DataObject.identifier.in_(self._names)))
        with self._seeded.owner.begin() as connection:
            for name in self._names:
                connection.execute(text(f"DROP TABLE IF EXISTS e{self._office.code}.{name}"))


@contextmanager
def a_firm(
    seeded: Seeded, database: Database, office: Office, clock: ManualClock
) -> Iterator[Firm]:
    made = Firm(seeded, database, office, clock)
    yield made
    made.close()


def make(caller: Caller, path: str, name: str, **values: Any) -> str:
    """The new record's id."""
    answer = caller.post(path, {"values": {"name": name, **values}})
    assert answer.status_code == 201, answer.json
    made: str = answer.json["id"]
    return made


def names(caller: Caller, path: str, **query: Any) -> set[str]:
    page = caller.get(path, **query)
    assert page.status_code == 200, page.json
    assert page.json["total"] == len(page.json["items"])
    return {record["title"] for record in page.json["items"]}
