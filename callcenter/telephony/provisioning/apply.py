"""Texts to files: only what differs is written, each file at once or not at all."""

import difflib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

MODULES = {
    "pjsip.conf": "res_pjsip.so",
    "extensions.conf": "pbx_config.so",
    "queues.conf": "app_queue.so",
    "musiconhold.conf": "res_musiconhold.so",
    "cel_custom.conf": "cel_custom.so",
    "cel.conf": "cel",
    "manager.conf": "manager",
    "http.conf": "http",
    "logger.conf": "logger",
    "features.conf": "features",
}
"""What is reloaded for a file. Others (transports, RTP, modules) need a restart of Asterisk."""

_ORDER = ("res_pjsip.so", "app_queue.so", "pbx_config.so")
_FOLDERS = ("lib/keys", "spool", "run", "log/cel-custom")


def differences(folder: Path, files: Mapping[str, str]) -> str:
    """What `write` would change, as a unified diff: the dry run."""
    lines: list[str] = []
    for name, text in sorted(files.items()):
        old = _read(folder / name).splitlines(keepends=True)
        new = text.splitlines(keepends=True)
        lines += difflib.unified_diff(old, new, f"a/{name}", f"b/{name}")
    return "".join(lines)


def write(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Write what differs; the names of the files that changed."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = [name for name, text in sorted(files.items()) if _read(folder / name) != text]
    for name in changed:
        _replace(folder / name, files[name])
    if changed:
        _sync(folder)
    return changed


def modules_of(changed: Iterable[str]) -> list[str]:
    """The modules to reload, endpoints before the dialplan that dials them."""
    modules = {MODULES[name] for name in changed if name in MODULES}
    rest = sorted(modules.difference(_ORDER))
    return [module for module in _ORDER if module in modules] + rest


def make_folders(home: Path) -> None:
    """What Asterisk writes into; cel_custom writes nothing, and says nothing, without its folder."""
    for name in _FOLDERS:
        (home / name).mkdir(parents=True, exist_ok=True)


def _read(file: Path) -> str:
    return file.read_text() if file.exists() else ""


def _replace(file: Path, text: str) -> None:
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
