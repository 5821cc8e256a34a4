"""Views whose repetition must not act twice: the header `Idempotency-Key` makes them safe."""

from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, request
from marshmallow import Schema

from callcenter.core.errors import Invalid
from callcenter.core.http import scope
from callcenter.core.idempotency import Answer, Idempotency

HEADER = "Idempotency-Key"
_LONGEST = 100


def repeatable(
    idempotency: Idempotency, shape: type[Schema], status: int, act: Callable[[], Any]
) -> Response:
    """Answer with what `act` returns, in `shape`; under a known key with the first answer."""

    def answer() -> Answer:
        return Answer(status, shape().dump(act()))

    key = request.headers.get(HEADER)
    if key is None:
        return _respond(answer())
    if not 8 <= len(key) <= _LONGEST or not key.isascii():
        raise Invalid(fields={HEADER: ["validation.idempotency_key"]})
    asked = f"{request.method} {request.path}\n".encode() + request.get_data()
    return _respond(idempotency.once(scope(), key, asked, answer))


def _respond(answer: Answer) -> Response:
    response = jsonify(answer.body)
    response.status_code = answer.status
    if "version" in answer.body:
        response.headers["ETag"] = f'"{answer.body["version"]}"'
    return response
