"""Data sources of an office, and what is asked of them over the API."""

from dataclasses import dataclass
from typing import Any

from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.processes.hosts import HOSTS
from callcenter.tenancy.models import Option
from callcenter.tenancy.service import Options
from tests.integration.objects.shaping import label
from tests.support.foreign import Foreign
from tests.support.office import Caller, Office

SOURCES, EXPERTS, QUERIES = "/data-sources", "/expert-queries", "/queries"


@dataclass
class Shop:
    database: Database
    office: Office
    conf: Caller

    def lists(self, *ports: int, host: str = "127.0.0.1") -> None:
        """The enterprise's administrator lets these be reached."""
        listed = " ".join(f"{host}:{port}" for port in ports)
        with self.database.begin(Scope.platform()) as session:
            if session.get(Option, HOSTS) is None:
                shown = label("主机")
                session.add(Option(key=HOSTS, kind="text", label=shown, default={"value": ""}))
                session.flush()
            Options().set(session, self.office.id, {HOSTS: listed})

    def body(self, there: Foreign, **more: Any) -> dict[str, Any]:
        return {"key": "shop", "name": "商城", **there.settings, **more}

    def keeps(self, there: Foreign, *, looked: bool = True, **more: Any) -> dict[str, Any]:
        body = self.body(there, **more)
        self.lists(body["port"])
        answer = self.conf.post(SOURCES, body)
        assert answer.status_code == 201, answer.json
        made: dict[str, Any] = answer.json
        if looked:
            found = self.conf.post(f"{SOURCES}/{made['id']}/refresh")
            assert found.status_code == 200, found.json
            made = found.json
        return made

    def asks(self, parameters: Any = None, **texts: Any) -> Any:
        """A document that is not kept."""
        document = self.document(**texts)
        return self.conf.post(
            f"{EXPERTS}/run", {"document": document, "parameters": parameters or {}}
        )

    def rows(self, parameters: Any = None, **texts: Any) -> list[dict[str, Any]]:
        answer = self.asks(parameters, **texts)
        assert answer.status_code == 200, answer.json
        assert not answer.json["problems"], answer.json["problems"]
        return [row["values"] for row in answer.json["answer"]["rows"]]

    @staticmethod
    def document(asked: Any = (), **texts: Any) -> dict[str, Any]:
        said = {"select": "o.id, o.customer", "source": "orders o", "order": "o.id", **texts}
        return {
            "kind": "expert", "texts": said, "parameters": [*asked], "data_source": "shop",
        }  # fmt: skip

    def query(self, key: str = "orders", **more: Any) -> str:
        """One that is kept, for agents."""
        texts = more.pop("texts", {})
        body = {
            "key": key, "name": label("订单"), "roles": ["agent", "leader"],
            "document": self.document(**texts), **more,
        }  # fmt: skip
        answer = self.conf.post(EXPERTS, body)
        assert answer.status_code == 201, answer.json
        return key


def asked(key: str, type_: str = "text", **more: Any) -> dict[str, Any]:
    return {"key": key, "label": label(key), "type": type_, **more}
