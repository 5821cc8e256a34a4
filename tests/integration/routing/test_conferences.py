"""Conference rooms through the API: kept, checked, held while something leads there, nobody else's."""

from itertools import count
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.routing.models import Conference
from tests.support.firms import Firm

pytestmark = pytest.mark.integration

HANG_UP = {"kind": "hang_up"}
_names = count(1)


def a_room(firm: Firm, **values: Any) -> dict[str, Any]:
    body = {"name": f"会议室 {next(_names)}", **values}
    made: dict[str, Any] = firm.admin.made("/conferences", body)
    return made


def test_a_room_is_made_changed_and_deleted_and_the_log_tells_no_pin(firm: Firm) -> None:
    room = a_room(firm, pin="2468", most=5, waits_for_agent=True)
    path = f"/conferences/{room['id']}"
    assert firm.admin.get("/conferences", q=room["name"]).json["items"] == [room]
    changed = firm.admin.patch(path, {"pin": "1357", "most": 6}, room["version"]).json
    assert (changed["pin"], changed["most"], changed["name"]) == ("1357", 6, room["name"])
    assert firm.admin.patch(path, {"most": 7}, room["version"]).status_code == 412
    log = firm.admin.get("/audit", q=room["name"], action="conference.change").json["items"][0]
    assert log["after"] == {"most": 6, "pin": ""}
    assert firm.admin.delete(path, changed["version"]).status_code == 204
    assert firm.admin.get(path).status_code == 404


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"pin": "12"}, "pin"),
        ({"pin": "12a4"}, "pin"),
        ({"most": 1}, "most"),
        ({"most": 51}, "most"),
    ],
)
def test_what_makes_no_room_is_refused(firm: Firm, values: dict[str, Any], field: str) -> None:
    answer = firm.admin.post("/conferences", {"name": "x", **values})
    assert [*answer.json["error"]["fields"]] == [field]


def test_a_room_is_read_while_somebody_changes_it(firm: Firm, platform_rows: Database) -> None:
    room = a_room(firm)
    firm.admin.get("/conferences")  # signed in before anything is locked
    with platform_rows.begin(Scope(UUID(firm.id))) as session:
        session.scalars(select(Conference).with_for_update()).all()
        assert firm.admin.get(f"/conferences/{room['id']}").json["name"] == room["name"]


def test_a_name_is_given_once(firm: Firm) -> None:
    room = a_room(firm)
    answer = firm.admin.post("/conferences", {"name": room["name"]})
    assert [*answer.json["error"]["fields"]] == ["name"]


def test_a_room_and_a_phone_to_which_rules_lead_are_held_and_another_enterprises_are_unknown(
    firm: Firm, rival: Firm
) -> None:
    room = a_room(firm)
    phone = firm.admin.made("/extensions", {"number": f"{8600 + next(_names)}", "kind": "desk"})
    conference = {"kind": "conference", "id": room["id"]}
    extension = {"kind": "extension", "id": phone["id"], "ring_seconds": 25}
    document = {
        "rules": [{"name": "门禁", "tests": [], "target": extension}], "otherwise": conference,
    }  # fmt: skip
    answer = rival.admin.post("/routing-services", {"name": "x", "document": document})
    assert {*answer.json["error"]["fields"]} == {
        "document.rules.0.target.id", "document.otherwise.id",
    }  # fmt: skip
    body = {"name": f"路由 {next(_names)}", "document": document}
    route = firm.admin.made("/routing-services", body)
    tried = firm.admin.post("/routing-services/try", {"document": document, "caller": ""}).json
    assert (tried["target"]["kind"], tried["target"]["ring_seconds"]) == ("extension", 25)
    for path, row in (("/conferences", room), ("/extensions", phone)):
        gone = firm.admin.delete(f"{path}/{row['id']}", row["version"])
        assert (gone.status_code, gone.json["error"]["details"]) == (409, {"by": "routing_service"})
    assert (
        firm.admin.delete(f"/routing-services/{route['id']}", route["version"]).status_code == 204
    )
    assert firm.admin.delete(f"/conferences/{room['id']}", room["version"]).status_code == 204
