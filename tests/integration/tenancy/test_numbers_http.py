"""Access numbers over HTTP: registered, bound, led somewhere, paused, by those who may."""

import pytest

from callcenter.core.ids import new_id
from callcenter.core.tenant import Scope
from callcenter.routing.models import AgentService
from tests.integration.tenancy.conftest import complaints, refusal

pytestmark = pytest.mark.integration

URL = "/operator/access-numbers"


@pytest.fixture(scope="session")
def other(register):
    """Another enterprise."""
    return register()


@pytest.fixture
def service(database, insider):
    """An agent service of the insider's enterprise."""
    return _service(database, insider.customer)


def _service(database, customer):
    from datetime import UTC, datetime
    from uuid import UUID

    made = AgentService(
        id=new_id(), name=new_id().hex, created_at=datetime(2026, 11, 24, tzinfo=UTC)
    )
    with database.begin(Scope(UUID(customer.id))) as session:
        session.add(made)
    return made


def lead(person, number, target, *, url=URL, kind="agent_service", version=None):
    body = {"kind": kind, "target_id": str(target)}
    return person.put(f"{url}/{number['id']}/strategy", body, version)


@pytest.mark.parametrize("write", ["{0}", "+86{1}", "0086{1}", "021-{2}", " {0} "])
def test_a_number_is_kept_in_one_form_however_it_is_written(operator, trunk, digits, write):
    own = digits()
    written = write.format(own, own[1:], own[3:])
    made = operator.post(URL, {"number": written, "trunk_id": trunk["id"], "note": "备注"})
    assert made.status_code == 201
    assert (made.json["number"], made.json["note"], made.json["status"]) == (own, "备注", "enabled")
    assert made.json["trunk"] == {"id": trunk["id"], "name": trunk["name"]}
    again = operator.post(URL, {"number": own, "trunk_id": trunk["id"]})
    assert list(complaints(again)) == ["number"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"number": ""}, "number"),
        ({"number": "anonymous"}, "number"),
        ({"number": "0216&SIP/x"}, "number"),
        ({"number": "0" * 31}, "number"),
        ({"number": None}, "number"),
        ({"trunk_id": str(new_id())}, "trunk_id"),
        ({"trunk_id": "x"}, "trunk_id"),
        ({"note": "x" * 201}, "note"),
        ({"enterprise_id": str(new_id())}, "enterprise_id"),
    ],
)
def test_bad_input_is_told_by_field(operator, trunk, digits, wrong, field):
    body = {"number": digits(), "trunk_id": trunk["id"], **wrong}
    assert list(complaints(operator.post(URL, body))) == [field]


def test_numbers_are_found_however_one_writes_them(operator, number):
    own = number()["number"]
    for text in (own, own[-6:], f"{own[:3]}-{own[3:]}", f"{own[:3]} {own[3:]}"):
        assert [one["number"] for one in operator.get(URL, q=text).json["items"]] == [own]


def test_numbers_are_filtered(operator, insider, number, trunk):
    bound, free = number(insider.customer), number()

    def found(**query):
        return {one["id"] for one in operator.get(URL, page_size=200, **query).json["items"]}

    assert bound["id"] in found(bound="true") - found(bound="false")
    assert free["id"] in found(bound="false") - found(bound="true")
    assert bound["id"] in found(enterprise_id=insider.customer.id)
    assert free["id"] not in found(enterprise_id=insider.customer.id)
    assert {bound["id"], free["id"]} <= found(trunk_id=trunk["id"], status="enabled")
    assert found(trunk_id=str(new_id())) == found(status="paused", q=free["number"]) == set()


def test_a_number_is_changed_with_an_etag(operator, number):
    one = number()
    changed = operator.patch(f"{URL}/{one['id']}", {"note": "新备注"}, one["version"])
    assert (changed.json["note"], changed.json["number"]) == ("新备注", one["number"])
    stale = operator.patch(f"{URL}/{one['id']}", {"note": "x"}, one["version"])
    assert refusal(stale) == (412, "stale")
    assert refusal(operator.patch(f"{URL}/{one['id']}", {"note": "x"})) == (
        428,
        "precondition-required",
    )


def test_a_number_belongs_to_one_enterprise_at_a_time(operator, insider, other, number):
    one = number(insider.customer)
    assert one["enterprise"]["code"] == insider.customer.code
    taken = operator.post(f"{URL}/{one['id']}/bind", {"enterprise_id": other.id})
    assert refusal(taken) == (409, "already-bound")
    free = operator.post(f"{URL}/{one['id']}/unbind")
    assert (free.json["enterprise"], free.json["strategy"]) == (None, None)
    assert refusal(operator.post(f"{URL}/{one['id']}/unbind")) == (409, "not-bound")


@pytest.mark.parametrize("whose", ["nobody", "platform"])
def test_a_number_is_bound_to_customers_only(operator, number, whose):
    wanted = operator.me["enterprise"]["id"] if whose == "platform" else str(new_id())
    answer = operator.post(f"{URL}/{number()['id']}/bind", {"enterprise_id": wanted})
    assert list(complaints(answer)) == ["enterprise_id"]


def test_unbinding_the_display_number_takes_it_away(operator, register, number):
    free = number()
    made = register(display_number_id=free["id"])
    operator.post(f"{URL}/{free['id']}/unbind")
    assert operator.get(f"/operator/enterprises/{made.id}").json["display_number"] is None


def test_a_strategy_leads_to_a_service_of_the_enterprise(operator, insider, number, service):
    one = number(insider.customer)
    led = lead(operator, one, service.id).json
    assert led["strategy"] == {
        "kind": "agent_service",
        "target": {"id": str(service.id), "name": service.name},
    }


def test_a_number_leads_to_no_other_enterprises_service(operator, other, number, service):
    for target, kind in ((service.id, "agent_service"), (new_id(), "ivr_service")):
        answer = lead(operator, number(other), target, kind=kind)
        assert list(complaints(answer)) == ["target_id"]


def test_a_number_of_nobodys_leads_nowhere(operator, number, service):
    assert refusal(lead(operator, number(), service.id)) == (409, "not-bound")


def test_a_number_is_paused_and_enabled(operator, number):
    one = number()
    assert operator.post(f"{URL}/{one['id']}/pause").json["status"] == "paused"
    assert operator.post(f"{URL}/{one['id']}/enable").json["status"] == "enabled"


def test_only_a_free_number_is_deleted(operator, insider, number):
    one = number(insider.customer)
    assert refusal(operator.delete(f"{URL}/{one['id']}")) == (409, "in-use")
    operator.post(f"{URL}/{one['id']}/unbind")
    assert operator.delete(f"{URL}/{one['id']}").status_code == 204
    assert refusal(operator.get(f"{URL}/{one['id']}")) == (404, "not-found")


@pytest.mark.parametrize("act", ["bind", "unbind", "enable", "pause"])
def test_what_does_not_exist_is_not_found(operator, insider, act):
    body = {"enterprise_id": insider.customer.id} if act == "bind" else None
    assert refusal(operator.post(f"{URL}/{new_id()}/{act}", body)) == (404, "not-found")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("POST", ""), ("GET", "/{id}"), ("PATCH", "/{id}"), ("DELETE", "/{id}"),
     ("POST", "/{id}/bind"), ("POST", "/{id}/unbind"), ("POST", "/{id}/enable"),
     ("POST", "/{id}/pause"), ("PUT", "/{id}/strategy")],
)  # fmt: skip
def test_the_operators_routes_are_the_operators(insider, browser, method, path):
    url = URL + path.format(id=new_id())
    assert refusal(insider.send(method, url, {})) == (403, "forbidden")
    assert refusal(browser().send(method, url, {})) == (401, "not-signed-in")


class TestForAnEnterprise:
    OWN = "/access-numbers"

    def test_it_sees_its_own_numbers_and_no_trunks(self, insider, number, other):
        mine, theirs = number(insider.customer), number(other)
        items = insider.get(self.OWN, page_size=200).json["items"]
        assert mine["id"] in {one["id"] for one in items}
        assert theirs["id"] not in {one["id"] for one in items}
        assert {one["enterprise"]["id"] for one in items} == {insider.customer.id}
        assert {one["trunk"] for one in items} == {None}

    def test_it_leads_and_pauses_its_own(self, insider, number, service):
        mine = number(insider.customer)
        led = lead(insider, mine, service.id, url=self.OWN).json
        assert led["strategy"]["target"]["id"] == str(service.id)
        assert insider.post(f"{self.OWN}/{mine['id']}/pause").json["status"] == "paused"
        assert insider.post(f"{self.OWN}/{mine['id']}/enable").json["status"] == "enabled"

    def test_a_stale_strategy_is_refused(self, insider, number, service):
        mine = number(insider.customer)
        version = mine["version"]
        assert lead(insider, mine, service.id, url=self.OWN, version=version).status_code == 200
        late = lead(insider, mine, service.id, url=self.OWN, version=version)
        assert refusal(late) == (412, "stale")

    @pytest.mark.parametrize("act", ["read", "lead", "pause", "enable"])
    def test_another_enterprises_number_does_not_exist(self, insider, number, other, service, act):
        theirs = number(other)
        answer = {
            "read": lambda: insider.get(f"{self.OWN}/{theirs['id']}"),
            "lead": lambda: lead(insider, theirs, service.id, url=self.OWN),
            "pause": lambda: insider.post(f"{self.OWN}/{theirs['id']}/pause"),
            "enable": lambda: insider.post(f"{self.OWN}/{theirs['id']}/enable"),
        }[act]()
        assert refusal(answer) == (404, "not-found")

    def test_a_strategy_to_another_enterprises_service_is_refused(
        self, insider, number, other, database
    ):
        theirs = _service(database, other)
        answer = lead(insider, number(insider.customer), theirs.id, url=self.OWN)
        assert list(complaints(answer)) == ["target_id"]
