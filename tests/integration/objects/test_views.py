"""Views of lists: kept, shared, laid out by the definition, and never more than a role may read."""

from typing import Any

import pytest

from tests.integration.objects.firm import CLIENTS, Firm, clients, make, names
from tests.integration.objects.shaping import a_field, label
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration

VIEWS = "/objects/client/views"


def a_view(**more: Any) -> dict[str, Any]:
    return {"name": "我的客户", "columns": ["name"], "sort": "name", **more}


def a_list(key: str = "mine", **more: Any) -> dict[str, Any]:
    content = {"columns": ["name", "owner"], "sort": "name", "roles": ["agent", "leader"]}
    return {"key": key, "name": label(key), **content, **more}


def saved(caller: Caller, **more: Any) -> dict[str, Any]:
    answer = caller.post(VIEWS, a_view(**more))
    assert answer.status_code == 201, answer.json
    view: dict[str, Any] = answer.json
    return view


def seen(caller: Caller) -> dict[str, dict[str, Any]]:
    answer = caller.get(VIEWS)
    assert answer.status_code == 200, answer.json
    return {view["name"]: view for view in answer.json["views"]}


def test_a_view_is_its_owners_alone_until_it_is_shared(
    firm: Firm, agent: Caller, colleague: Caller, stranger: Caller
) -> None:
    firm.keeps(clients())
    view = saved(agent, filters={"f.owner": "$me"}, widths={"name": 200}, page_size=50)
    assert seen(agent)["我的客户"]["filters"] == {"f.owner": "$me"}
    assert seen(colleague) == {}
    path = f"{VIEWS}/{view['key']}"
    for caller in (colleague, stranger):
        assert caller.send("PUT", path, a_view(), version=1).status_code == 404
        assert caller.send("DELETE", path, version=1).status_code == 404


def test_a_view_that_somebody_changed_is_not_overwritten(firm: Firm, agent: Caller) -> None:
    firm.keeps(clients())
    path = f"{VIEWS}/{saved(agent)['key']}"
    changed = agent.send("PUT", path, a_view(name="新"), version=1)
    assert (changed.json["name"], changed.headers["ETag"]) == ("新", '"2"')
    assert agent.send("PUT", path, a_view(), version=1).status_code == 412
    assert agent.send("DELETE", path, version=2).status_code == 204
    assert seen(agent) == {}


def test_who_shapes_objects_shares_with_roles_and_a_leader_with_the_team(
    firm: Firm, conf: Caller, leader: Caller, agent: Caller, outsider: Caller, office: Office
) -> None:
    firm.keeps(clients())
    first, second = (str(office.teams[name]) for name in ("first", "second"))
    assert conf.post(VIEWS, a_view(name="全员", roles=["agent"])).status_code == 201
    assert leader.post(VIEWS, a_view(name="本组", teams=[first])).status_code == 201
    assert (set(seen(agent)), set(seen(outsider))) == ({"全员", "本组"}, {"全员"})
    assert leader.post(VIEWS, a_view(teams=[second])).status_code == 403
    for caller, more in ((agent, {"roles": ["agent"]}), (agent, {"teams": [first]})):
        assert caller.post(VIEWS, a_view(**more)).status_code == 403
    shared = seen(agent)["全员"]
    path = f"{VIEWS}/{shared['key']}"
    assert (shared["source"], shared["owner"]) == ("shared", "配置员")
    assert agent.send("PUT", path, a_view(), version=1).status_code == 403


@pytest.mark.parametrize(
    "bad",
    [
        {"columns": ["nothing"]},
        {"filters": {"f.nothing": "1"}},
        {"filters": {"f.secret": "1"}},
        {"filters": {"q; DROP TABLE": "1"}},
        {"sort": "secret"},
        {"columns": []},
        {"name": ""},
    ],
)
def test_a_view_asks_for_nothing_that_its_list_would_refuse(
    firm: Firm, agent: Caller, bad: dict[str, Any]
) -> None:
    firm.keeps(clients(a_field("secret", indexed=True, rights={"agent": "hide"})))
    answer = agent.post(VIEWS, a_view(**bad))
    assert answer.status_code == 422, answer.json


def test_of_a_shared_view_a_role_sees_what_it_may_read(
    firm: Firm, conf: Caller, agent: Caller
) -> None:
    firm.keeps(clients(a_field("secret", indexed=True, rights={"agent": "hide"})))
    content = {"columns": ["name", "secret"], "filters": {"f.secret": "x"}, "sort": "secret"}
    saved(conf, name="全部", roles=["agent"], **content)
    view = seen(agent)["全部"]
    assert (view["columns"], view["filters"], view["sort"]) == (["name"], {}, "")
    assert view["dropped"] == 3
    assert "secret" not in str(view)


def test_a_ready_list_is_there_for_its_roles_and_the_standard_begins(
    firm: Firm, agent: Caller, leader: Caller, admin: Caller
) -> None:
    mine = a_list(filters={"f.owner": "$me"}, standard=True, acts=[{"act": "dial"}])
    firm.keeps(clients(lists=[mine, a_list("all", roles=["admin"])]))
    view = seen(agent)["mine"]
    assert (view["key"], view["source"], view["version"]) == ("mine", "ready", None)
    assert view["acts"] == [{"act": "dial", "when": None}]
    assert set(seen(admin)) == {"all"}
    assert [caller.get(VIEWS).json["start"] for caller in (agent, admin)] == ["mine", None]
    own = saved(leader)
    assert leader.send("PUT", f"{VIEWS}/start", {"view": own["key"]}).status_code == 204
    assert leader.get(VIEWS).json["start"] == own["key"]
    assert leader.send("DELETE", f"{VIEWS}/{own['key']}", version=1).status_code == 204
    assert leader.get(VIEWS).json["start"] == "mine"
    assert agent.send("PUT", f"{VIEWS}/start", {"view": "all"}).status_code == 422


def test_words_in_filters_are_worked_out_for_whoever_asks(
    firm: Firm, agent: Caller, admin: Caller, conf: Caller, office: Office
) -> None:
    firm.keeps(clients(a_field("due", "date", indexed=True)))
    mine, first = str(office.people["agent"].user_id), str(office.teams["first"])
    make(admin, CLIENTS, "mine", owner=mine, due="2026-11-20")
    make(admin, CLIENTS, "ours", crew=first, owner=mine, due="2026-11-24")
    make(admin, CLIENTS, "other")
    asked = [
        (agent, {"f.owner": "$me"}, {"mine", "ours"}),
        (admin, {"f.owner": "$me"}, set()),
        (agent, {"f.crew": "$my_team"}, {"ours"}),
        (conf, {"f.crew": "$my_team"}, set()),
        (admin, {"f.due": "$today"}, {"ours"}),
        (admin, {"f.due.from": "$today-7d", "f.due.to": "$today-1d"}, {"mine"}),
    ]
    for caller, filters, found in asked:
        assert names(caller, CLIENTS, **filters) == found, filters
    assert admin.get(CLIENTS, **{"f.due": "$yesterday"}).status_code == 422
    # In a text it is what it says.
    make(admin, CLIENTS, "$me")
    assert names(admin, CLIENTS, **{"f.name": "$me"}) == {"$me"}
