"""Sessions over HTTP. The cookie is the browser's alone; pages carry the CSRF token."""

from dataclasses import replace
from typing import Any, cast

from flask import Response, g, jsonify

from callcenter.core.http import (
    COOKIE,
    Blueprint,
    SignedIn,
    before_password_change,
    client_ip,
    current_actor,
    public,
    requires,
)
from callcenter.people.schemas import (
    EnterpriseSignIn,
    Me,
    OperatorSignIn,
    PasswordChange,
    SessionPatch,
)
from callcenter.people.service import Profiles, SignIn, SignInService
from callcenter.tenancy.service import PLATFORM_CODE


def blueprint(sign_ins: SignInService, profiles: Profiles, *, secure: bool) -> Blueprint:
    """secure: whether browsers send the cookie over TLS only."""
    blp = Blueprint("session", __name__, description="Sessions")

    def opened(sign_in: SignIn) -> Response:
        response = jsonify(Me().dump(profiles.me(sign_in.signed_in)))
        response.set_cookie(
            COOKIE, sign_in.cookie, httponly=True, secure=secure, samesite="Lax", path="/"
        )
        response.headers["Cache-Control"] = "no-store"
        return response

    _opening(blp, sign_ins, opened)
    _closing(blp, sign_ins, secure=secure)
    _mine(blp, sign_ins, profiles)
    return blp


def _opening(blp: Blueprint, sign_ins: SignInService, opened: Any) -> None:
    @blp.route("/session", methods=["POST"])
    @blp.arguments(EnterpriseSignIn)
    @blp.response(200, Me)
    @public
    def sign_in(body: dict[str, Any]) -> Response:
        found = sign_ins.sign_in(
            body["enterprise_code"],
            body["employee_code"],
            body["password"],
            client_ip(),
            operator=False,
        )
        return cast(Response, opened(found))

    @blp.route("/operator/session", methods=["POST"])
    @blp.arguments(OperatorSignIn)
    @blp.response(200, Me)
    @public
    def operator_sign_in(body: dict[str, Any]) -> Response:
        found = sign_ins.sign_in(
            PLATFORM_CODE, body["employee_code"], body["password"], client_ip(), operator=True
        )
        return cast(Response, opened(found))


def _closing(blp: Blueprint, sign_ins: SignInService, *, secure: bool) -> None:
    def closed() -> Response:
        response = Response(status=204)
        response.delete_cookie(COOKIE, path="/", httponly=True, secure=secure, samesite="Lax")
        return response

    @blp.route("/session", methods=["DELETE"])
    @blp.response(204)
    @before_password_change
    @requires()
    def sign_out() -> Response:
        sign_ins.sign_out(current_actor())
        return closed()

    @blp.route("/sessions", methods=["DELETE"])
    @blp.response(204)
    @before_password_change
    @requires()
    def sign_out_everywhere() -> Response:
        sign_ins.sign_out(current_actor(), everywhere=True)
        return closed()


def _mine(blp: Blueprint, sign_ins: SignInService, profiles: Profiles) -> None:
    @blp.route("/session")
    @blp.response(200, Me)
    @before_password_change
    @requires()
    def read() -> Any:
        return profiles.me(_signed_in()), 200, {"Cache-Control": "no-store"}

    @blp.route("/session/password", methods=["POST"])
    @blp.arguments(PasswordChange)
    @blp.response(200, Me)
    @before_password_change
    @requires()
    def change_password(body: dict[str, Any]) -> Any:
        sign_ins.change_password(current_actor(), body["current"], body["new"])
        return profiles.me(replace(_signed_in(), must_change_password=False))

    @blp.route("/session", methods=["PATCH"])
    @blp.arguments(SessionPatch)
    @blp.response(200, Me)
    @before_password_change
    @requires()
    def choose_locale(body: dict[str, Any]) -> Any:
        sign_ins.set_locale(current_actor(), body["locale"])
        signed_in = _signed_in()
        actor = replace(signed_in.actor, locale=body["locale"])
        return profiles.me(replace(signed_in, actor=actor))


def _signed_in() -> SignedIn:
    return cast(SignedIn, g.signed_in)
