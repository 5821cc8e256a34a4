"""A record as a line of an archive and back: it tells no more than whoever archives may see, and yet
nothing of it is lost.

A line is JSON. What is kept from whoever archives lies sealed in it, with the digest of the whole: a
line that somebody has changed is read by nobody.
"""

import json
from collections.abc import Collection, Mapping
from hashlib import sha256
from operator import itemgetter
from typing import Any
from uuid import UUID

from callcenter.core.sealed import CannotOpen, Seal

Plain = Mapping[str, Any]
"""object, id, version, call_id, created_at, created_by, updated_at, updated_by, values (stored), files,
comments, and `lines`: records that belong to it, each as this. JSON types alone.
"""

Hidden = Mapping[str, Collection[str]]
"""Object → the keys of its fields that are not told."""


class BadLine(Exception):
    """No line of an archive of this enterprise, or not as it was written."""


def digest_of(plain: Plain) -> str:
    """Of all that the record is, with what belongs to it."""
    text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


class ArchiveLines:
    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def write(self, enterprise_id: UUID, plain: Plain, hidden: Hidden) -> str:
        """Without the end of the line."""
        told = self._veiled(enterprise_id, plain, hidden, digest_of(plain))
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))

    def read(self, enterprise_id: UUID, text: str | bytes) -> dict[str, Any]:
        """Raises BadLine."""
        try:
            plain, digest = self._opened(enterprise_id, json.loads(text))
        except (CannotOpen, ValueError, TypeError, KeyError, AttributeError) as error:
            raise BadLine from error
        if digest_of(plain) != digest:
            raise BadLine
        return plain

    def _veiled(
        self, enterprise_id: UUID, plain: Plain, hidden: Hidden, digest: str = ""
    ) -> dict[str, Any]:
        kept = hidden.get(plain["object"], ())
        secret = {key: value for key, value in plain["values"].items() if key in kept}
        # A file's name may say as much as what is in it.
        files = [file for file in plain["files"] if file["field"] in kept]
        sealed = json.dumps(
            {"values": secret, "files": files, "digest": digest}, ensure_ascii=False
        )
        return {
            **plain,
            "values": {key: value for key, value in plain["values"].items() if key not in kept},
            "files": [file for file in plain["files"] if file["field"] not in kept],
            "lines": [self._veiled(enterprise_id, line, hidden) for line in plain["lines"]],
            "sealed": self._seal.seal(sealed, _about(enterprise_id, plain)),
        }

    def _opened(self, enterprise_id: UUID, told: dict[str, Any]) -> tuple[dict[str, Any], str]:
        opened = json.loads(self._seal.open(told.pop("sealed"), _about(enterprise_id, told)))
        lines = [self._opened(enterprise_id, line)[0] for line in told["lines"]]
        values = {**told["values"], **opened["values"]}
        # In the order in which they were: by their ids, as PostgreSQL sorts them.
        files = sorted([*told["files"], *opened["files"]], key=itemgetter("id"))
        return {**told, "values": values, "files": files, "lines": lines}, opened["digest"]


def _about(enterprise_id: UUID, plain: Plain) -> str:
    return f"archive:{enterprise_id}:{plain['object']}:{plain['id']}"
