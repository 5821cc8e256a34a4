"""IVR services over HTTP: who may, what is refused, what comes back."""

from types import SimpleNamespace

import pytest
from flask import Flask
from flask_smorest import Api

from callcenter.core.http import SignedIn, install_errors, install_gate
from callcenter.core.ids import new_id
from callcenter.core.permissions import Role
from ivr.demo import demo_definition
from ivr.http import blueprint
from tests.integration.ivr.conftest import actor

pytestmark = pytest.mark.integration


@pytest.fixture
def client(database, ivr_services, house):
    """Signed in as the administrator; `client.signed_in.actor` may be changed."""
    app = Flask(__name__)
    app.config |= {"API_TITLE": "t", "API_VERSION": "v1", "OPENAPI_VERSION": "3.0.3"}
    gate = SimpleNamespace(actor=house.scope.actor)
    install_gate(app, SimpleNamespace(find=lambda _c, _ip: SignedIn(gate.actor, "token", False)))
    api = Api(app)
    install_errors(app)  # after Api, which brings an error handler of its own
    api.register_blueprint(blueprint(database, ivr_services))
    client = app.test_client()
    client.gate = gate
    return client


def headers(etag='"1"'):
    return {"X-CSRF-Token": "token", "If-Match": etag}


def test_the_list_shows_the_enterprises_services(client, house, neighbour):
    answer = client.get("/ivr-services").json
    assert answer["total"] == 1
    assert answer["items"] == [
        {
            "id": str(house.service_id),
            "name": "报修热线",
            "status": "enabled",
            "published_version": 1,
        }
    ]


def test_a_flow_is_drafted_published_and_rolled_back(client, house):
    url = f"/ivr-services/{house.service_id}"
    first = client.get(url)
    assert first.json["draft"] is None
    definition = demo_definition(house.agent_service_id)
    saved = client.put(
        f"{url}/draft", json={"definition": definition}, headers=headers(first.headers["ETag"])
    )
    assert saved.status_code == 200
    assert saved.json["draft"]["definition"] == definition
    assert saved.json["problems"] == []
    published = client.post(f"{url}/publish", headers=headers(saved.headers["ETag"]))
    assert published.json["published"]["number"] == 2
    back = client.post(
        f"{url}/roll-back", json={"number": 1}, headers=headers(published.headers["ETag"])
    )
    assert back.json["published_version"] == 1
    assert client.get(url).headers["ETag"] == back.headers["ETag"]


def test_a_flow_with_problems_is_told_node_by_node(client, house):
    url = f"/ivr-services/{house.service_id}"
    etag = client.get(url).headers["ETag"]
    saved = client.put(f"{url}/draft", json={"definition": {"start": 1}}, headers=headers(etag))
    assert [p["code"] for p in saved.json["problems"]] == ["unreadable"]
    refused = client.post(f"{url}/publish", headers=headers(saved.headers["ETag"]))
    assert refused.status_code == 422
    assert refused.json["error"]["code"] == "flow-invalid"
    assert refused.json["error"]["details"]["problems"] == saved.json["problems"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("put", "draft", {"definition": "text"}, 422, "invalid"),
        ("put", "draft", {"definition": {}, "more": 1}, 422, "invalid"),
        ("post", "roll-back", {"number": "1"}, 422, "invalid"),
        ("post", "roll-back", {"number": 7}, 404, "not-found"),
        ("post", "publish", None, 409, "no-draft"),
    ],
)
def test_bad_input_is_refused(client, house, method, path, body, status, code):
    url = f"/ivr-services/{house.service_id}"
    etag = client.get(url).headers["ETag"]
    answer = getattr(client, method)(f"{url}/{path}", json=body, headers=headers(etag))
    assert (answer.status_code, answer.json["error"]["code"]) == (status, code)


def test_an_etag_is_needed_and_a_stale_one_is_refused(client, house):
    url = f"/ivr-services/{house.service_id}/draft"
    body = {"definition": {}}
    assert client.put(url, json=body, headers={"X-CSRF-Token": "token"}).status_code == 428
    assert client.put(url, json=body, headers=headers('"99"')).status_code == 412


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.ADMIN])
def test_only_the_administrator_may(client, house, role):
    client.gate.actor = actor(house.scope.enterprise_id, role)
    url = f"/ivr-services/{house.service_id}"
    assert client.get("/ivr-services").status_code == 403
    assert client.get(url).status_code == 403
    assert client.put(f"{url}/draft", json={}, headers=headers()).status_code == 403
    assert client.post(f"{url}/publish", headers=headers()).status_code == 403
    assert client.post(f"{url}/roll-back", json={}, headers=headers()).status_code == 403


def test_another_enterprises_service_is_not_found(client, neighbour):
    for service_id in (neighbour.service_id, new_id()):
        url = f"/ivr-services/{service_id}"
        assert client.get(url).status_code == 404
        body = {"definition": {}}
        assert client.put(f"{url}/draft", json=body, headers=headers()).status_code == 404
        assert client.post(f"{url}/publish", headers=headers()).status_code == 404
