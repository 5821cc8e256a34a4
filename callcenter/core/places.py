"""Where things lie: the checkout, and one data folder for everything that is written."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

LONGEST_SOCKET = 107
"""Bytes of a unix socket's path that Linux takes."""

LONGEST_NAME = len("/pg/.s.PGSQL.65535.lock")


@dataclass(frozen=True)
class Places:
    home: Path

    @property
    def settings_file(self) -> Path:
        return self.home / "settings.toml"

    @property
    def ports_file(self) -> Path:
        return self.home / "ports.json"

    @property
    def secrets_file(self) -> Path:
        return self.home / "secrets.json"

    @property
    def run(self) -> Path:
        """Process ids, beats, what one start tells its processes."""
        return self.home / "run"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def postgres(self) -> Path:
        return self.home / "postgres"

    @property
    def redis(self) -> Path:
        return self.home / "redis"

    @property
    def asterisk(self) -> Path:
        return self.home / "asterisk"

    @property
    def recordings(self) -> Path:
        return self.home / "recordings"

    @property
    def attachments(self) -> Path:
        """Files at records, in a folder an enterprise."""
        return self.home / "attachments"

    @property
    def transfers(self) -> Path:
        """Files of records that came in or go out, for a day."""
        return self.home / "transfers"

    @property
    def files(self) -> Path:
        """What enterprises keep themselves, in a folder each."""
        return self.home / "files"

    @property
    def cel(self) -> Path:
        """Where Asterisk itself writes what happens to channels, for times when nobody listens."""
        return self.asterisk / "log" / "cel-custom" / "cel.csv"

    @property
    def journal(self) -> Path:
        return self.home / "journal"

    @property
    def pages(self) -> Path:
        """The built browser side."""
        return PROJECT / "agent_ui" / "dist"

    @property
    def sockets(self) -> Path:
        """Folder of unix sockets: in the data folder, or a short one where that is too deep."""
        if len(os.fsencode(self.run)) + LONGEST_NAME <= LONGEST_SOCKET:
            return self.run
        mark = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"callcenter-{os.getuid()}-{mark}"
