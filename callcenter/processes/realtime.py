"""The consoles' sockets: snapshots and changes of rooms, and who is present.

Which rooms a socket is in is decided here, from the session behind its cookie. Rooms are written by
telephony; this process only passes them on, each instance from the stream itself, so instances need
nothing of each other.
"""

import json
import os
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import redis
import structlog
from flask import Flask, request
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import SocketIO, join_room, leave_room

from callcenter.core import logging
from callcenter.core.addresses import app_url, redis_url
from callcenter.core.bus import entries
from callcenter.core.clock import SystemClock
from callcenter.core.db import Database
from callcenter.core.http import COOKIE, Gatekeeper
from callcenter.core.permissions import Permission, Role
from callcenter.core.presence import Presence
from callcenter.core.secrets import load_secrets
from callcenter.core.settings import load_settings
from callcenter.core.tenant import Actor
from callcenter.people.service import SessionGate, list_team_ids
from callcenter.telephony.outlet import (
    PLATFORM_ROOM,
    agent_room,
    flow_rooms,
    queues_room,
    wall_room,
)
from callcenter.telephony.rooms import SEQUENCE, STREAM, room_key

log = structlog.get_logger()

PRESENCE_EVERY = 5.0
SESSION_CHECK_EVERY = 15.0


def rooms_of(actor: Actor, team_ids: Callable[[UUID], list[UUID]]) -> list[str]:
    """The rooms a user is in. This is the security boundary of everything live."""
    if actor.role is Role.OPERATOR:
        return [PLATFORM_ROOM]
    rooms = [f"user:{actor.user_id}", queues_room(actor.enterprise_id)]
    if actor.may(Permission.CALLS_HANDLE):
        rooms.append(agent_room(actor.user_id))
    if actor.may(Permission.CALLS_READ_ALL) and actor.may(Permission.WALL_VIEW):
        teams: list[UUID | None] = [*team_ids(actor.enterprise_id), None]
        rooms += [wall_room(actor.enterprise_id, team) for team in teams]
    elif actor.may(Permission.WALL_VIEW):
        rooms += [wall_room(actor.enterprise_id, team) for team in actor.team_ids]
    return rooms


def may_watch(actor: Actor, room: str) -> bool:
    """Whether a user may enter a room by asking: those of the flows of an enterprise that is theirs.

    Nobody is in them all the time: each call there tells of every step.
    """
    own = flow_rooms(actor.enterprise_id)
    return actor.may(Permission.ENTERPRISE_MANAGE) and room.startswith(own)


class Sockets:
    """Who is connected, with which session, in which rooms."""

    def __init__(self, socketio: SocketIO, store: redis.Redis, gate: Gatekeeper,
                 team_ids: Callable[[UUID], list[UUID]], presence: Presence) -> None:  # fmt: skip
        self._socketio = socketio
        self._redis = store
        self._gate = gate
        self._team_ids = team_ids
        self._presence = presence
        self._actors: dict[str, tuple[Actor, str]] = {}
        self._rooms: dict[str, list[str]] = {}

    def connect(self) -> None:
        cookie = request.cookies.get(COOKIE, "")
        signed_in = self._gate.find(cookie, request.headers.get("X-Real-IP", ""))
        if signed_in is None or signed_in.must_change_password:
            raise Refused("not-signed-in")
        sid: str = request.sid  # type: ignore[attr-defined]
        actor = signed_in.actor
        self._actors[sid] = (actor, cookie)
        self._rooms[sid] = rooms_of(actor, self._team_ids)
        for room in self._rooms[sid]:
            join_room(room)
            self._send_snapshot(room, sid)
        if actor.may(Permission.CALLS_HANDLE):
            self._presence.renew(actor)

    def disconnect(self, _reason: object = None) -> None:
        sid: str = request.sid  # type: ignore[attr-defined]
        self._actors.pop(sid, None)
        self._rooms.pop(sid, None)

    def resync(self, wanted: Any) -> None:
        """The snapshot of a room the socket is in; for any other room there is no answer."""
        sid: str = request.sid  # type: ignore[attr-defined]
        room = wanted.get("room") if isinstance(wanted, dict) else None
        if room in self._rooms.get(sid, []):
            self._send_snapshot(str(room), sid)

    def watch(self, wanted: Any) -> None:
        """Enter a room; for one that the user may not enter there is no answer."""
        sid: str = request.sid  # type: ignore[attr-defined]
        room = wanted.get("room") if isinstance(wanted, dict) else None
        signed_in = self._actors.get(sid)
        if signed_in is None or not isinstance(room, str) or not may_watch(signed_in[0], room):
            return
        if room not in self._rooms[sid]:
            self._rooms[sid].append(room)
            join_room(room)
        self._send_snapshot(room, sid)

    def unwatch(self, wanted: Any) -> None:
        """Leave a room that was entered by asking."""
        sid: str = request.sid  # type: ignore[attr-defined]
        room = wanted.get("room") if isinstance(wanted, dict) else None
        signed_in = self._actors.get(sid)
        if signed_in and isinstance(room, str) and may_watch(signed_in[0], room):
            leave_room(room)
            self._rooms[sid] = [each for each in self._rooms[sid] if each != room]

    def ask_presence(self) -> None:
        for sid, (actor, _) in list(self._actors.items()):
            if actor.may(Permission.CALLS_HANDLE):
                self._socketio.emit(
                    "presence", {}, to=sid, callback=lambda *_, a=actor: self._presence.renew(a)
                )
        self._presence.sweep()

    def check_sessions(self) -> None:
        for sid, (actor, cookie) in list(self._actors.items()):
            if self._gate.find(cookie, actor.ip) is None:
                self._socketio.emit("signed_out", {"reason": "session-ended"}, to=sid)
                self._socketio.server.disconnect(sid)

    def _send_snapshot(self, room: str, sid: str) -> None:
        state = self._redis.hgetall(room_key(room))
        sequence = state.pop(SEQUENCE, "0:0")
        values = {key: json.loads(value) for key, value in state.items()}
        payload = {"room": room, "seq": sequence, "state": values}
        self._socketio.emit("snapshot", payload, to=sid)

    def forward(self, fields: dict[str, str]) -> None:
        """To those who are in the room; a change that nobody watches is not even read."""
        if not any(self._socketio.server.manager.get_participants("/", fields["room"])):
            return
        payload = {
            "room": fields["room"],
            "seq": fields["seq"],
            "key": fields["key"],
            "value": json.loads(fields["value"]),
        }
        self._socketio.emit("change", payload, to=fields["room"])


def _pass_on(store: redis.Redis, sockets: Sockets) -> None:
    """Read the stream for ever; what was missed while Redis was away, clients see as a gap."""
    last = "$"
    pause = threading.Event()
    while True:
        try:
            if last == "$":
                newest: Any = store.xrevrange(STREAM, count=1)
                last = newest[0][0] if newest else "0-0"
            answer: Any = store.xread({STREAM: last}, count=500, block=1000)
            for entry_id, fields in entries(answer):
                last = entry_id
                sockets.forward(dict(fields))
        except redis.RedisError as error:
            log.warning("realtime.no_redis", reason=repr(error))
            pause.wait(0.2)


def _every(seconds: float, act: Callable[[], None]) -> None:
    pause = threading.Event()
    while not pause.wait(seconds):
        try:
            act()
        except Exception:
            log.exception("realtime.tick_failed")


def create_app() -> Flask:
    settings = load_settings(os.environ)
    logging.configure(settings.log.level)
    secrets, clock = load_secrets(settings.paths.home), SystemClock()
    database = Database(app_url(settings, secrets), pool_size=2)
    store = redis.Redis.from_url(
        redis_url(settings, secrets), decode_responses=True, socket_timeout=3,
        socket_connect_timeout=2, health_check_interval=15,
    )  # fmt: skip
    app = Flask(__name__)
    app.add_url_rule("/alive", view_func=_alive)
    socketio = SocketIO(app, async_mode="threading", ping_interval=10, ping_timeout=10)
    sockets = Sockets(
        socketio, store, SessionGate(database, clock),
        lambda enterprise_id: list_team_ids(database, enterprise_id), Presence(store, clock),
    )  # fmt: skip
    socketio.on_event("connect", sockets.connect)
    socketio.on_event("disconnect", sockets.disconnect)
    socketio.on_event("resync", sockets.resync)
    socketio.on_event("watch", sockets.watch)
    socketio.on_event("unwatch", sockets.unwatch)
    for target, arguments in (
        (_pass_on, (store, sockets)),
        (_every, (PRESENCE_EVERY, sockets.ask_presence)),
        (_every, (SESSION_CHECK_EVERY, sockets.check_sessions)),
    ):
        threading.Thread(target=target, args=arguments, daemon=True).start()
    return app


def _alive() -> str:
    return "ok"
