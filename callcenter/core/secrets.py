"""Secrets of one installation, made at its first start and kept readable for its user only."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from callcenter.core.settings import SettingsError

FILE = "secrets.json"


@dataclass(frozen=True)
class Secrets:
    web_secret_key: str
    ami_secret: str
    agi_token: str
    redis_password: str
    database_owner_password: str
    database_app_password: str
    recording_link_key: str
    sealing_key: str

    def __repr__(self) -> str:
        return "Secrets(…)"  # they must not reach a log by way of a traceback


def load_secrets(home: Path) -> Secrets:
    """Read the secrets; what is missing is made and stored. Raises SettingsError."""
    file = home / FILE
    kept = _read(file)
    made = Secrets(
        **{f.name: kept.get(f.name) or secrets.token_urlsafe(32) for f in fields(Secrets)}
    )
    if asdict(made) != kept:
        _write(file, made, first=not kept)
        return load_secrets(home)  # another process may have been first
    return made


def _read(file: Path) -> dict[str, str]:
    try:
        mode = file.stat().st_mode
        content = file.read_text()
    except FileNotFoundError:
        return {}
    if mode & 0o077:
        raise SettingsError(f"{file} can be read by others; run: chmod 600 {file}")
    try:
        kept: dict[str, str] = json.loads(content)
    except ValueError as error:
        raise SettingsError(f"{file} is damaged ({error}); restore it from a backup.") from error
    return {field.name: kept[field.name] for field in fields(Secrets) if field.name in kept}


def _write(file: Path, made: Secrets, *, first: bool) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{FILE}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(asdict(made), stream, indent=2)
        stream.flush()
        os.fsync(stream.fileno())
    if not first:
        draft.replace(file)
        return
    try:
        file.hardlink_to(draft)  # fails where another process was first: its secrets hold
    except FileExistsError:
        pass
    finally:
        draft.unlink()
