"""A firm's clients, jobs and parts, and queries over them."""

from typing import Any

from tests.integration.objects.firm import RIGHTS, Firm, a_document, clients, jobs
from tests.integration.objects.shaping import a_field, label
from tests.support.office import Caller
from tests.unit.queries.made import LEVELS

QUERIES = "/queries"
EVERYBODY = ["agent", "leader", "admin", "conf", "inspector"]
GIVEN_OUT = {**RIGHTS, "export": {"leader": "team", "admin": "all"}}
TO_CLIENT = {"key": "client", "how": "one", "by": "customer"}
_SIZE = {"expression": 'if(cost > 3, "large", "small")', "result": "text"}
TO_PARTS = {"key": "parts", "how": "lines", "by": "parts"}


def a_firm_at_work(firm: Firm) -> None:
    """Agents see a client's worth masked, and of its secret nothing."""
    lines = {"object": "part", "by": "job", "columns": ["name"]}
    firm.keeps(
        clients(
            a_field("level", "choice", settings={"options": LEVELS}, indexed=True),
            a_field("worth", "money", rights={"agent": "mask"}),
            a_field("secret", rights={"agent": "hide"}),
            permissions=GIVEN_OUT,
        ),
        jobs(
            a_field("cost", "decimal"),
            a_field("due", "datetime"),
            a_field("done", "boolean"),
            a_field("size", "formula", settings=_SIZE),
            a_field("twice", "formula", settings={"expression": "cost * 2", "result": "number"}),
            a_field("parts", "details", settings={"details": lines}),
            permissions=GIVEN_OUT,
        ),
        a_document(
            "part",
            "base",
            [
                a_field("job", "reference", settings={"reference": {"object": "job"}}),
                a_field("count", "integer"),
            ],
        ),
    )


def a_column(key: str, field: str | None = None, source: str = "", **more: Any) -> dict[str, Any]:
    return {"key": key, "label": label(key), "field": field, "source": source, **more}


def jobs_and_clients(**more: Any) -> dict[str, Any]:
    columns = [
        a_column("job", "name"), a_column("client", "name", "client"),
        a_column("level", "level", "client"), a_column("cost", "cost"),
    ]  # fmt: skip
    return {"source": "job", "joins": [TO_CLIENT], "columns": columns,
            "order": [{"column": "job"}], **more}  # fmt: skip


def keep(
    conf: Caller, document: dict[str, Any], key: str = "list", roles: list[str] | None = None
) -> dict[str, Any]:
    body = {"key": key, "name": label("清单", "List"), "document": document,
            "roles": EVERYBODY if roles is None else roles}  # fmt: skip
    answer = conf.post(QUERIES, body)
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def run(caller: Caller, key: str = "list", **body: Any) -> dict[str, Any]:
    answer = caller.post(f"{QUERIES}/{key}/run", body)
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def rows(caller: Caller, *columns: str, key: str = "list", **body: Any) -> list[tuple[Any, ...]]:
    found = run(caller, key, **body)["rows"]
    return [tuple(row["values"].get(column) for column in columns) for row in found]


def answers(
    conf: Caller, caller: Caller, document: dict[str, Any], *columns: str, **body: Any
) -> Any:
    """Rows of a document that is kept for that."""
    there = conf.get(f"{QUERIES}/list")
    if there.status_code == 200:
        gone = conf.send("DELETE", f"{QUERIES}/list", version=there.json["version"])
        assert gone.status_code == 204
    keep(conf, document)
    return rows(caller, *columns, **body)
