"""Tries a file server as it is kept: can it be reached, is it the one, does it let us in."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from callcenter.core.clock import Clock
from callcenter.core.db import Database
from callcenter.core.outbound import Outbound, OutboundFailed
from callcenter.core.tenant import Scope
from callcenter.instruments import lines
from callcenter.instruments.names import remote_path
from callcenter.instruments.service.servers import FileServers

SECONDS = 10.0
"""A person waits for it."""

Hosts = Callable[[Session], frozenset[str]]


class TryingServers:
    """hosts: that the enterprise may reach."""

    def __init__(
        self,
        database: Database,
        servers: FileServers,
        outbound: Outbound,
        hosts: Hosts,
        clock: Clock,
    ) -> None:
        self._database = database
        self._servers = servers
        self._outbound = outbound
        self._hosts = hosts
        self._clock = clock

    def attempt(self, scope: Scope, server_id: UUID) -> dict[str, Any]:
        """As `schemas.ServerTried` says, in no transaction while it waits. Raises NotFound."""
        try:
            with self._database.begin(scope) as session:
                server, hosts = self._servers.by_id(session, server_id), self._hosts(session)
        except OutboundFailed as failure:
            return _told(failure.key, failure.parameters)
        try:
            return self._reached(server, hosts)
        except OutboundFailed as failure:
            if failure.key in {"server.no_host_key", "server.other_host_key"}:
                return self._stranger(server, hosts, failure)
            return _told(failure.key, failure.parameters)

    def _reached(self, server: lines.Server, hosts: frozenset[str]) -> dict[str, Any]:
        began = self._clock.monotonic()
        with lines.line_to(self._outbound, server, hosts, SECONDS) as line:
            entries = line.list(remote_path(server.folder, ""))
        took = round((self._clock.monotonic() - began) * 1000)
        told = {"entries": len(entries), "milliseconds": took}
        return _told("server.reached", told) | {"ok": True}

    def _stranger(
        self, server: lines.Server, hosts: frozenset[str], failure: OutboundFailed
    ) -> dict[str, Any]:
        from callcenter.instruments.sftp import fingerprint, key_of

        try:
            found = key_of(self._outbound, server, hosts, SECONDS)
        except OutboundFailed as other:
            return _told(other.key, other.parameters)
        key = "server.key_to_accept" if failure.key == "server.no_host_key" else failure.key
        told = {"server": server.name, "fingerprint": fingerprint(found)}
        return _told(key, told) | {"host_key": found}


def _told(key: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {"ok": False, "key": key, "parameters": parameters, "host_key": None}
