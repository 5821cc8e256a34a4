"""IVR services through the platform's API: who may, what is refused, what comes back."""

from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.core.permissions import GRANTS, Permission, Role
from callcenter.core.tenant import Scope
from ivr.counting import Way, add_up
from ivr.demo import demo_definition, load_demo
from ivr.models import IvrService
from tests.support.firms import *  # noqa: F403
from tests.support.firms import Firm, Page

pytestmark = pytest.mark.integration

SEATS = [role for role in Role if role not in {Role.OPERATOR, Role.ADMIN}]
_names = count(1)


@dataclass(frozen=True)
class Hotline:
    """An IVR service with the demo flow published, and its administrator's page."""

    page: Page
    id: str
    name: str
    definition: dict[str, Any]

    @property
    def path(self) -> str:
        return f"/ivr-services/{self.id}"

    def version(self) -> int:
        return version_of(self.page.get(self.path))


def version_of(answer: Any) -> int:
    return int(answer.headers["ETag"].strip('"'))


def set_up(rows: Database, firm: Firm) -> Hotline:
    name = f"报修热线 {next(_names)}"
    agent_service = firm.admin.made("/agent-services", {"name": name})["id"]
    with rows.begin(Scope(UUID(firm.id))) as session:
        service_id = load_demo(session, UUID(firm.id), UUID(agent_service), SystemClock())
        # The demo is loaded once into an enterprise; renamed, it makes place for the next test's.
        session.get_one(IvrService, service_id).name = name
    return Hotline(firm.admin, str(service_id), name, demo_definition(UUID(agent_service)))


@pytest.fixture
def hotline(platform_rows: Database, firm: Firm) -> Hotline:
    return set_up(platform_rows, firm)


@pytest.fixture
def rivals_hotline(platform_rows: Database, rival: Firm) -> Hotline:
    return set_up(platform_rows, rival)


def test_the_list_shows_the_enterprises_services(hotline: Hotline, rivals_hotline: Hotline) -> None:
    answer = hotline.page.get("/ivr-services").json
    assert answer["total"] == len(answer["items"])
    by_id = {item["id"]: item for item in answer["items"]}
    assert by_id[hotline.id] == {
        "id": hotline.id,
        "name": hotline.name,
        "status": "enabled",
        "published_version": 1,
        "numbers": [],
    }
    assert rivals_hotline.id not in by_id


def test_a_flow_is_drafted_published_and_rolled_back(hotline: Hotline) -> None:
    page, path = hotline.page, hotline.path
    first = page.get(path)
    assert first.json["draft"] is None
    saved = page.put(f"{path}/draft", {"definition": hotline.definition}, version_of(first))
    assert saved.status_code == 200
    assert saved.json["draft"]["definition"] == hotline.definition
    assert saved.json["problems"] == []
    published = page.send("POST", f"{path}/publish", version=version_of(saved))
    assert published.json["published"]["number"] == 2
    back = page.send("POST", f"{path}/roll-back", {"number": 1}, version_of(published))
    assert back.json["published_version"] == 1
    assert page.get(path).headers["ETag"] == back.headers["ETag"]


def test_the_designer_is_told_the_kinds_of_node(hotline: Hotline) -> None:
    assert {"play", "menu", "transfer"} <= set(
        hotline.page.get("/ivr-services/kinds").json["kinds"]
    )


def test_any_version_can_be_looked_at(hotline: Hotline) -> None:
    page, path = hotline.page, hotline.path
    drawn = hotline.definition | {"names": {"main": "主菜单"}}
    page.put(f"{path}/draft", {"definition": drawn}, hotline.version())
    seen = [page.get(f"{path}/versions/{number}").json for number in (1, 2)]
    assert [(one["state"], one["definition"]) for one in seen] == [
        ("published", hotline.definition),
        ("draft", drawn),
    ]
    assert page.get(f"{path}/versions/3").status_code == 404


def test_a_flow_with_problems_is_told_node_by_node(hotline: Hotline) -> None:
    page, path = hotline.page, hotline.path
    saved = page.put(f"{path}/draft", {"definition": {"start": 1}}, hotline.version())
    assert [problem["code"] for problem in saved.json["problems"]] == ["unreadable"]
    refused = page.send("POST", f"{path}/publish", version=version_of(saved))
    assert refused.status_code == 422
    assert refused.json["error"]["code"] == "flow-invalid"
    assert refused.json["error"]["details"]["problems"] == saved.json["problems"]


@pytest.mark.parametrize(
    ("method", "verb", "body", "status", "code"),
    [
        ("PUT", "draft", {"definition": "text"}, 422, "invalid"),
        ("PUT", "draft", {"definition": {}, "more": 1}, 422, "invalid"),
        ("POST", "roll-back", {"number": "1"}, 422, "invalid"),
        ("POST", "roll-back", {"number": 7}, 404, "not-found"),
        ("POST", "publish", None, 409, "no-draft"),
    ],
)
def test_bad_input_is_refused(
    hotline: Hotline, method: str, verb: str, body: Any, status: int, code: str
) -> None:
    answer = hotline.page.send(method, f"{hotline.path}/{verb}", body, hotline.version())
    assert (answer.status_code, answer.json["error"]["code"]) == (status, code)


def test_an_etag_is_needed_and_a_stale_one_is_refused(hotline: Hotline) -> None:
    path, body = f"{hotline.path}/draft", {"definition": {}}
    assert hotline.page.put(path, body).status_code == 428
    assert hotline.page.put(path, body, 99).status_code == 412


@pytest.mark.parametrize("role", SEATS)
def test_only_the_administrator_may(firm: Firm, hotline: Hotline, role: Role) -> None:
    assert Permission.ENTERPRISE_MANAGE not in GRANTS[role]
    page = firm.page(firm.seat(role)["employee_code"])
    assert_shut(page, hotline.path, 403)
    assert page.get("/ivr-services").status_code == 403


def test_the_operator_manages_no_enterprises_flows(operator: Page, hotline: Hotline) -> None:
    assert_shut(operator, hotline.path, 403)
    assert operator.get("/ivr-services").status_code == 403


def test_another_enterprises_service_is_not_found(firm: Firm, rivals_hotline: Hotline) -> None:
    for service_id in (rivals_hotline.id, new_id()):
        assert_shut(firm.admin, f"/ivr-services/{service_id}", 404)


def test_a_draft_is_tried_before_it_is_published(hotline: Hotline) -> None:
    page, path, before = hotline.page, f"{hotline.path}/try", hotline.version()
    begun = page.post(path, {"definition": hotline.definition, "caller": "13800000001"}).json
    assert (begun["node"], begun["waits"]["what"]) == ("language", "key")
    entries = [{"act": "keys", "text": text} for text in ("2", "1", "1234", "1")]
    done = page.post(path, {"entries": entries, "live": True}).json
    assert done["waits"] is None
    assert done["lines"][-1]["detail"]["kind"] == "service"
    assert done["variables"]["product_code"] == "1234"
    assert hotline.version() == before


def test_a_draft_that_cannot_be_led_through_or_an_entry_that_does_not_fit_is_refused(
    hotline: Hotline,
) -> None:
    page, path = hotline.page, f"{hotline.path}/try"
    broken = page.post(path, {"definition": {"start": 1}})
    assert (broken.status_code, broken.json["error"]["code"]) == (422, "flow-invalid")
    strange = page.post(path, {"entries": [{"act": "outcome", "exit": "one"}]})
    assert strange.status_code == 422
    assert "entries.0" in strange.json["error"]["fields"]
    assert page.post(path, {"caller": "not a number"}).status_code == 422


def test_a_node_that_is_not_reached_yet_does_not_keep_a_flow_from_being_tried(
    hotline: Hotline,
) -> None:
    lonely = {"id": "lonely", "kind": "hang_up", "settings": {}, "exits": {}}
    nodes = [*hotline.definition["nodes"], lonely]
    answer = hotline.page.post(
        f"{hotline.path}/try", {"definition": {**hotline.definition, "nodes": nodes}}
    )
    assert answer.status_code == 200
    assert [p["code"] for p in answer.json["problems"]] == ["unreachable"]


def test_a_service_is_made_copied_renamed_paused_and_deleted(hotline: Hotline) -> None:
    page = hotline.page
    made = page.made("/ivr-services", {"name": f"空白 {hotline.name}"})
    assert (made["draft"], made["published"], made["status"]) == (None, None, "enabled")
    copy = page.post("/ivr-services", {"name": f"副本 {hotline.name}", "copy_of": hotline.id})
    assert copy.status_code == 201
    assert copy.json["draft"]["definition"] == hotline.definition
    assert copy.json["published"] is None
    path = f"/ivr-services/{copy.json['id']}"
    name = f"改名 {hotline.name}"
    changed = page.patch(path, {"name": name, "status": "paused"}, version_of(copy))
    assert (changed.json["name"], changed.json["status"]) == (name, "paused")
    assert version_of(changed) == version_of(copy) + 1
    assert page.delete(path, version_of(copy)).status_code == 412
    assert page.delete(path, version_of(changed)).status_code == 204
    assert page.get(path).status_code == 404
    acts = [entry["action"] for entry in page.get("/audit").json["items"]]
    assert acts[:4] == ["ivr.delete", "ivr.change", "ivr.create", "ivr.create"]


def test_a_name_is_taken_once(hotline: Hotline, rivals_hotline: Hotline) -> None:
    page = hotline.page
    taken = page.post("/ivr-services", {"name": hotline.name})
    assert (taken.status_code, list(taken.json["error"]["fields"])) == (422, ["name"])
    assert page.post("/ivr-services", {"name": rivals_hotline.name}).status_code == 201
    assert page.patch(hotline.path, {"name": hotline.name}, hotline.version()).status_code == 200


def test_only_ones_own_flow_is_copied(hotline: Hotline, rivals_hotline: Hotline) -> None:
    body = {"name": f"fremd {hotline.name}", "copy_of": rivals_hotline.id}
    assert hotline.page.post("/ivr-services", body).status_code == 404


def test_a_service_that_something_leads_to_is_not_deleted(hotline: Hotline) -> None:
    page = hotline.page
    into = {"id": "in", "kind": "flow", "settings": {"service": hotline.id},
            "exits": {"next": "end", "failed": "end"}}  # fmt: skip
    end = {"id": "end", "kind": "hang_up", "settings": {}, "exits": {}}
    flow = {"start": "in", "languages": ["en"], "nodes": [into, end]}
    other = page.made("/ivr-services", {"name": f"外层 {hotline.name}"})
    path = f"/ivr-services/{other['id']}"
    saved = page.put(f"{path}/draft", {"definition": flow}, other["version"])
    assert page.send("POST", f"{path}/publish", version=version_of(saved)).status_code == 200
    refused = page.delete(hotline.path, hotline.version())
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "in-use")
    assert refused.json["error"]["details"] == {"by": "ivr_service"}
    tried = page.post(f"{path}/try", {"entries": [{"act": "keys", "text": "2"}]}).json
    assert tried["service"] == hotline.id


def test_flows_that_lead_into_each_other_are_refused(hotline: Hotline) -> None:
    page, path = hotline.page, hotline.path
    into = {"id": "in", "kind": "flow", "settings": {"service": hotline.id},
            "exits": {"next": "end", "failed": "end"}}  # fmt: skip
    end = {"id": "end", "kind": "hang_up", "settings": {}, "exits": {}}
    flow = {"start": "in", "languages": ["en"], "nodes": [into, end]}
    saved = page.put(f"{path}/draft", {"definition": flow}, hotline.version())
    refused = page.send("POST", f"{path}/publish", version=version_of(saved))
    assert [p["code"] for p in refused.json["error"]["details"]["problems"]] == ["endless-flows"]


def test_counters_add_up_a_period_and_a_version(platform_rows: Database, hotline: Hotline) -> None:
    page, service = hotline.page, UUID(hotline.id)
    enterprise = UUID(page.get("/enterprise").json["id"])
    days = [date(2025, 11, 1), date(2025, 11, 2), date(2025, 12, 1)]
    for _ in range(2):
        with platform_rows.begin(Scope(enterprise)) as session:
            ways = {
                Way(service, version, day, "main", exit_): 3
                for day in days
                for version in (1, 2)
                for exit_ in ("1", "gone")
            }
            add_up(session, ways | {Way(new_id(), 1, days[0], "of", "nobody"): 1})
    asked = {"from": "2025-11-01", "to": "2025-11-30"}
    both = page.get(f"{hotline.path}/counters", **asked).json
    assert both["nodes"] == [{"node": "main", "visits": 48}]
    assert both["exits"][1] == {"node": "main", "exit": "gone", "times": 24}
    one = page.get(f"{hotline.path}/counters", **asked, version=2).json
    assert one["nodes"] == [{"node": "main", "visits": 24}]
    assert page.get(f"{hotline.path}/counters").json["exits"] == []
    wrong = page.get(f"{hotline.path}/counters", **{"from": "2026-11-02", "to": "2026-11-01"})
    assert (wrong.status_code, list(wrong.json["error"]["fields"])) == (422, ["from"])


def test_nobody_is_in_a_flow_that_nobody_calls(hotline: Hotline) -> None:
    now = hotline.page.get(f"{hotline.path}/calls").json
    assert now["items"] == []
    assert now["room"].endswith(f":{hotline.id}")


def assert_shut(page: Page, path: str, status: int) -> None:
    """Nothing of the service is to be seen or changed from this page."""
    answers = [
        page.get(path),
        page.put(f"{path}/draft", {"definition": {}}, 1),
        page.send("POST", f"{path}/publish", version=1),
        page.send("POST", f"{path}/roll-back", {"number": 1}, 1),
        page.post(f"{path}/try", {}),
        page.get(f"{path}/counters"),
        page.get(f"{path}/calls"),
        page.patch(path, {"name": "taken over"}, 1),
        page.delete(path, 1),
    ]
    assert [answer.status_code for answer in answers] == [status] * len(answers)
