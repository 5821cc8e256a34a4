"""The gate, errors, paging and ETags in front of every view."""

import pytest
from flask import Flask
from marshmallow import fields

from callcenter.core.errors import Conflict, Invalid, KeyRefused, NotFound, TooManyRequests
from callcenter.core.http import (
    COOKIE,
    PageQuery,
    PageRequest,
    Shape,
    SignedIn,
    before_password_change,
    current_actor,
    expected_version,
    for_keys,
    install_errors,
    install_gate,
    page_of,
    public,
    requires,
    scope,
    with_etag,
)
from callcenter.core.ids import new_id
from callcenter.core.permissions import Permission, Role
from callcenter.core.tenant import Actor


def person(role, **more):
    return Actor(
        new_id(), new_id(), "8001", "林晓彤", role, permissions=Actor.permissions_of(role), **more
    )


PEOPLE = {
    "agent": SignedIn(person(Role.AGENT, locale="en"), "csrf", must_change_password=False),
    "admin": SignedIn(person(Role.ADMIN), "csrf", must_change_password=False),
    "operator": SignedIn(person(Role.OPERATOR), "csrf", must_change_password=False),
    "new": SignedIn(person(Role.AGENT), "csrf", must_change_password=True),
}


class Gate:
    asked_from = ""

    def find(self, cookie, ip):
        self.asked_from = ip
        return PEOPLE.get(cookie)


PROGRAM = Actor(
    new_id(), new_id(), "cck_1", "网站", Role.ADMIN, is_program=True,
    permissions=frozenset({Permission.RECORDS_READ}),
)  # fmt: skip


class Keys:
    def admit(self, key, ip):
        if key == "often":
            raise TooManyRequests({"retry_after": 7})
        if key != "right":
            raise KeyRefused
        return PROGRAM


@pytest.fixture
def gate():
    return Gate()


@pytest.fixture
def app(gate):
    app = Flask(__name__)
    install_gate(app, gate, Keys())
    install_errors(app)

    @app.get("/open")
    @public
    def open_to_all():
        return "open"

    @app.route("/anyone", methods=["GET", "POST"])
    @requires()
    def anyone():
        return current_actor().employee_code

    @app.route("/records", methods=["GET", "POST"])
    @for_keys
    @requires(Permission.RECORDS_READ)
    def records():
        return f"{current_actor().name} {scope().enterprise_id} {current_actor().locale}"

    @app.post("/written")
    @for_keys
    @requires(Permission.RECORDS_WRITE)
    def written():
        return "written"

    @app.get("/managed")
    @requires(Permission.ENTERPRISE_MANAGE, Permission.PLATFORM_MANAGE)
    def managed():
        return "platform" if scope().is_platform else "enterprise"

    @app.post("/password")
    @requires()
    @before_password_change
    def password():
        return "changed"

    @app.get("/forgotten")
    def forgotten():
        return "never seen"

    @app.put("/record")
    @public
    def record():
        return str(expected_version())

    @app.get("/fails/<how>")
    @public
    def fails(how):
        raise {
            "typed": Conflict({"by": "a call"}),
            "fields": Invalid(fields={"name": ["validation.required"]}),
            "missing": NotFound(),
        }.get(how, ZeroDivisionError("inside"))

    return app


@pytest.fixture
def client(app):
    return app.test_client()


def sign_in(client, who):
    client.set_cookie(COOKIE, who)


def code_of(answer):
    return answer.status_code, answer.json["error"]["code"]


def test_a_public_view_is_open_to_all(client):
    assert client.get("/open").text == "open"


def test_a_view_without_a_mark_is_open_to_nobody(client):
    for who in PEOPLE:
        sign_in(client, who)
        assert code_of(client.get("/forgotten")) == (403, "forbidden")


def test_who_is_not_signed_in_is_told_so(client):
    assert code_of(client.get("/anyone")) == (401, "not-signed-in")
    sign_in(client, "nobody")
    assert code_of(client.get("/anyone")) == (401, "not-signed-in")


def test_any_of_the_permissions_opens_a_view(client):
    sign_in(client, "admin")
    assert client.get("/managed").text == "enterprise"
    sign_in(client, "operator")
    assert client.get("/managed").text == "platform"


def test_without_a_permission_a_view_stays_shut(client):
    sign_in(client, "agent")
    assert code_of(client.get("/managed")) == (403, "forbidden")


@pytest.mark.parametrize("sent", [{}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "another"}])
def test_an_unsafe_method_needs_the_token_of_the_session(client, sent):
    sign_in(client, "agent")
    assert code_of(client.post("/anyone", headers=sent)) == (403, "csrf-failed")
    assert client.post("/anyone", headers={"X-CSRF-Token": "csrf"}).text == "8001"


def test_a_first_password_opens_nothing_but_its_change(client):
    sign_in(client, "new")
    assert code_of(client.get("/anyone")) == (403, "password-change-required")
    assert client.post("/password", headers={"X-CSRF-Token": "csrf"}).text == "changed"


def by_key(key="right", **more):
    return {"Authorization": f"Bearer {key}", **more}


def test_a_key_opens_what_is_marked_for_keys_without_cookie_or_token(client):
    expected = f"网站 {PROGRAM.enterprise_id} en"
    headers = by_key(**{"Accept-Language": "en"})
    assert client.get("/records", headers=headers).text == expected
    assert client.post("/records", headers=headers).text == expected


@pytest.mark.parametrize("path", ["/anyone", "/managed", "/forgotten"])
def test_a_key_opens_nothing_else(client, path):
    assert client.get(path, headers=by_key()).status_code == 403


def test_a_key_opens_only_what_it_was_given(client):
    assert code_of(client.post("/written", headers=by_key())) == (403, "not-for-keys")


def test_a_key_is_not_helped_by_a_session_beside_it(client):
    sign_in(client, "admin")
    assert code_of(client.get("/managed", headers=by_key())) == (403, "not-for-keys")
    assert code_of(client.get("/records", headers=by_key("wrong"))) == (401, "key-refused")


def test_a_session_still_needs_its_token_where_keys_do_not(client):
    sign_in(client, "agent")
    assert code_of(client.post("/records")) == (403, "csrf-failed")
    basic = {"Authorization": "Basic cmlnaHQ="}
    assert code_of(client.post("/records", headers=basic)) == (403, "csrf-failed")


def test_a_refused_key_is_told_how_to_prove_itself_and_a_busy_one_when_to_come_back(client):
    refused = client.get("/records", headers=by_key("wrong"))
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    busy = client.get("/records", headers=by_key("often"))
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "7")


def test_the_address_is_the_one_that_nginx_saw(client, gate):
    client.get("/open", headers={"X-Real-IP": "203.0.113.7"})
    assert gate.asked_from == "203.0.113.7"
    client.get("/open")
    assert gate.asked_from == "127.0.0.1"


def test_an_error_has_one_shape(client):
    error = client.get("/fails/typed").json["error"]
    assert set(error) == {"code", "message", "details", "fields", "request_id"}
    assert (error["code"], error["details"]) == ("conflict", {"by": "a call"})
    assert error["request_id"]


def test_an_error_is_told_in_the_users_language(client):
    header = {"Accept-Language": "en"}
    chinese = client.get("/fails/missing").json["error"]["message"]
    english = client.get("/fails/missing", headers=header).json["error"]["message"]
    assert chinese != english
    sign_in(client, "agent")  # speaks English, whatever the browser says
    told = client.get("/fails/missing", headers={"Accept-Language": "zh-CN"}).json["error"]
    assert told["message"] == english


def test_fields_say_what_is_wrong_with_them(client):
    answer = client.get("/fails/fields", headers={"Accept-Language": "en"})
    assert code_of(answer) == (422, "invalid")
    assert answer.json["error"]["fields"] == {"name": ["Required."]}


def test_what_failed_inside_is_not_told(client):
    answer = client.get("/fails/inside")
    assert code_of(answer) == (500, "failed")
    assert "ZeroDivision" not in answer.text


def test_an_unknown_address_has_the_same_shape(client):
    assert code_of(client.get("/nowhere")) == (404, "not-found")
    assert code_of(client.delete("/open")) == (405, "http-405")


@pytest.mark.parametrize(("header", "version"), [('"7"', "7"), ('W/"7"', "7"), ("7", "7")])
def test_the_version_is_read_from_if_match(client, header, version):
    assert client.put("/record", headers={"If-Match": header}).text == version


@pytest.mark.parametrize("header", [None, "*", '"abc"', '"-1"', ""])
def test_without_a_version_nothing_is_overwritten(client, header):
    headers = {} if header is None else {"If-Match": header}
    answer = client.put("/record", headers=headers)
    assert code_of(answer) == (428, "precondition-required")


def test_an_etag_is_the_version():
    assert with_etag({"a": 1}, 7, 201) == ({"a": 1}, 201, {"ETag": '"7"'})


def test_paging_leaves_the_filters():
    query = PageQuery().load({"page": "2", "sort": "-name"}) | {"status": "active"}
    assert PageRequest.take(query) == PageRequest(2, 20, "-name", "")
    assert query == {"status": "active"}


@pytest.mark.parametrize(
    ("sort", "order"), [("", ("AT", True)), ("name", ("NAME", False)), ("-name", ("NAME", True))]
)
def test_the_order_is_one_of_those_allowed(sort, order):
    assert PageRequest(sort=sort).order({"at": "AT", "name": "NAME"}, "-at") == order


@pytest.mark.parametrize("sort", ["password_hash", "--name", "name desc", "name;drop"])
def test_any_other_order_is_refused(sort):
    with pytest.raises(Invalid) as refused:
        PageRequest(sort=sort).order({"name": "NAME"}, "name")
    assert refused.value.fields == {"sort": ["validation.unknown_sort"]}


@pytest.mark.parametrize(
    "query", [{"page": "0"}, {"page": "x"}, {"page_size": "201"}, {"q": "x" * 101}, {"more": "1"}]
)
def test_paging_out_of_bounds_is_refused(query):
    assert PageQuery().validate(query)


def test_a_page_is_named_after_what_is_on_it():
    class ThingShape(Shape):
        name = fields.Str()

    shape = page_of(ThingShape)
    assert shape.__name__ == "ThingPage"
    assert set(shape().fields) == {"items", "total", "page", "page_size"}
