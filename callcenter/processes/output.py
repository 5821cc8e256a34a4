"""What the processes say: all of it into files, what needs a person onto the terminal."""

import json
import logging
from collections.abc import Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from honcho.printer import Message, Printer

MEGABYTE = 1024 * 1024
LOUD = {"warning", "error", "critical"}
OWN_FIELDS = {"event", "level", "logger", "timestamp", "process"}


class Output(Printer):  # type: ignore[misc] # untyped
    """honcho's printer: log/NAME.log takes every line, the terminal warnings and plain text."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._files: dict[str, RotatingFileHandler] = {}

    def write(self, message: Message) -> None:
        text = message.data
        if isinstance(text, bytes):
            text = text.decode("utf-8", "replace")
        text = text.rstrip("\n")
        self._file(message.name).emit(logging.makeLogRecord({"msg": text}))
        if (shown := for_people(text)) is not None:
            super().write(message._replace(data=shown))

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def _file(self, name: str) -> RotatingFileHandler:
        if name not in self._files:
            self._files[name] = RotatingFileHandler(
                self._folder / f"{name}.log", maxBytes=20 * MEGABYTE, backupCount=3
            )
        return self._files[name]


def for_people(text: str) -> str | None:
    """A line as the terminal shows it; None where it is only for the file."""
    event = _event(text)
    if event is None:
        return text
    if event.get("level") not in LOUD:
        return None
    rest = " ".join(f"{key}={value}" for key, value in event.items() if key not in OWN_FIELDS)
    return f"{event['level']}: {event.get('event', '')} {rest}".rstrip()


def _event(text: str) -> Mapping[str, Any] | None:
    if not text.startswith("{"):
        return None
    try:
        event = json.loads(text)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None
