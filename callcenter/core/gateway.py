"""The way from the web to telephony: a command, its deadline, its answer (docs/events.md §4)."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from redis import Redis
from redis.exceptions import RedisError

from callcenter.core.clock import Clock
from callcenter.core.errors import AppError
from callcenter.core.ids import new_id
from callcenter.core.tenant import Actor

STREAM = "telephony.commands"
DEADLINE = 5.0
"""Seconds in which a command is carried out, or not at all."""
_KEEP = 10_000


class TelephonyUnavailable(AppError):
    """Telephony did not answer in time. Whether the command was carried out shows in the rooms."""

    code: ClassVar[str] = "telephony-unavailable"
    status: ClassVar[int] = 503


class AgentNotSignedIn(AppError):
    code: ClassVar[str] = "agent-not-signed-in"
    status: ClassVar[int] = 409


class IllegalState(AppError):
    code: ClassVar[str] = "illegal-state"
    status: ClassVar[int] = 409


class PhoneNotRegistered(AppError):
    code: ClassVar[str] = "phone-not-registered"
    status: ClassVar[int] = 409


class UnknownCall(AppError):
    code: ClassVar[str] = "unknown-call"
    status: ClassVar[int] = 404


class UnknownCallback(AppError):
    """It has ended, or never was."""

    code: ClassVar[str] = "unknown-callback"
    status: ClassVar[int] = 404


class NotYourCall(AppError):
    """Answered as if the call did not exist: whose it is, is not told."""

    code: ClassVar[str] = "unknown-call"
    status: ClassVar[int] = 404


class TargetUnavailable(AppError):
    code: ClassVar[str] = "target-unavailable"
    status: ClassVar[int] = 409


class NumberNotAllowed(AppError):
    code: ClassVar[str] = "number-not-allowed"
    status: ClassVar[int] = 422


class TooLate(AppError):
    code: ClassVar[str] = "too-late"
    status: ClassVar[int] = 503


REFUSALS: Mapping[str, type[AppError]] = {
    "agent-not-signed-in": AgentNotSignedIn,
    "illegal-state": IllegalState,
    "phone-not-registered": PhoneNotRegistered,
    "unknown-call": UnknownCall,
    "unknown-callback": UnknownCallback,
    "not-your-call": NotYourCall,
    "target-unavailable": TargetUnavailable,
    "number-not-allowed": NumberNotAllowed,
    "too-late": TooLate,
}


class TelephonyGateway:
    """redis: a client that decodes answers to text, its socket timeout above `DEADLINE`."""

    def __init__(self, redis: Redis, clock: Clock, deadline: float = DEADLINE) -> None:
        self._redis = redis
        self._clock = clock
        self._deadline = deadline

    def send(
        self, actor: Actor, verb: str, body: Mapping[str, Any], command_id: UUID | None = None
    ) -> Mapping[str, Any]:
        """Have a command carried out; its result, or the refusal as an AppError.

        command_id: the same id again answers as the first time and does nothing.
        Raises TelephonyUnavailable when nobody answers before the deadline.
        """
        wanted = str(command_id or new_id())
        reply = f"reply:{wanted}:{new_id()}"
        until = int((self._clock.now().timestamp() + self._deadline) * 1000)
        fields: Any = {
            "id": wanted,
            "verb": verb,
            "enterprise_id": str(actor.enterprise_id),
            "actor_id": str(actor.user_id),
            "deadline": str(until),
            "reply": reply,
            "body": json.dumps(body),
        }
        try:
            self._redis.xadd(STREAM, fields, maxlen=_KEEP)
            answered: Any = self._redis.blpop([reply], timeout=self._deadline)
        except RedisError as error:
            raise TelephonyUnavailable from error
        if answered is None:
            raise TelephonyUnavailable
        return _result(json.loads(answered[1]))


def _result(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    if answer["ok"]:
        result: Mapping[str, Any] = answer["result"]
        return result
    refusal = REFUSALS.get(answer["code"], TelephonyUnavailable)
    raise refusal(answer.get("details"))


class Rooms:
    """Reads what telephony shows of now (docs/events.md §3)."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def read(self, room: str) -> dict[str, Any]:
        """The room's map; empty when it does not exist. Raises TelephonyUnavailable."""
        try:
            state: Any = self._redis.hgetall(f"room:{room}")
        except RedisError as error:
            raise TelephonyUnavailable from error
        return {key: json.loads(value) for key, value in state.items() if key != "#seq"}
