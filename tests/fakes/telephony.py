"""Answers commands as telephony does (docs/events.md §4), over the real Redis."""

import json
import threading
from typing import Any

from redis import Redis

STREAM = "telephony.commands"


class FakeTelephony:
    """commands: what was asked. Without an answer set for a verb, the result is empty."""

    def __init__(self, redis_url: str) -> None:
        self._redis = Redis.from_url(redis_url, decode_responses=True)
        self._answers: dict[str, dict[str, Any]] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.commands: list[dict[str, Any]] = []

    def answer(self, verb: str, **result: Any) -> None:
        self._answers[verb] = {"ok": True, "result": result}

    def refuse(self, verb: str, code: str, **details: Any) -> None:
        self._answers[verb] = {"ok": False, "code": code, "details": details}

    def asked(self, verb: str) -> list[dict[str, Any]]:
        return [command for command in self.commands if command["verb"] == verb]

    def start(self) -> "FakeTelephony":
        self._thread.start()
        return self

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(5)
        self._redis.close()

    def _run(self) -> None:
        last = "0-0"
        while not self._stop.is_set():
            read: Any = self._redis.xread({STREAM: last}, block=100)
            streams = read.values() if isinstance(read, dict) else [part for _, part in read or []]
            for entries in streams:
                batch = entries[0] if entries and isinstance(entries[0], list) else entries
                for entry_id, fields in batch:
                    last = entry_id
                    self._carry_out(fields)

    def _carry_out(self, fields: dict[str, Any]) -> None:
        self.commands.append({**fields, "body": json.loads(fields["body"])})
        answer = self._answers.get(fields["verb"], {"ok": True, "result": {}})
        self._redis.lpush(fields["reply"], json.dumps(answer))
