"""Instruments as templates and commands call them: by name, in somebody's scope, in no transaction.

Each reads what it needs of the database in a transaction of its own and is in none while it waits.
They raise OutboundFailed and AppError; nothing else is anybody's business.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from structlog.contextvars import bound_contextvars

from callcenter.core.errors import NotFound
from callcenter.core.outbound import Outbound, refused
from callcenter.core.tenant import Scope
from callcenter.instruments.errors import FileTooLong
from callcenter.instruments.lines import Line, Server, line_to
from callcenter.instruments.names import remote_path
from callcenter.instruments.reach import Reach
from callcenter.instruments.requests import HttpSender, Request
from callcenter.instruments.service import FileServers, OwnFiles
from callcenter.instruments.service.files import LARGEST_TEXT

Begin = Callable[[], AbstractContextManager[Session]]
"""A transaction of its own, in the scope of whoever acts, who belongs to an enterprise."""

Offered = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Instruments:
    """hosts: that the enterprise may reach. secret: of a credential's name, for an address.

    `secret` raises NotFound.
    """

    outbound: Outbound
    servers: FileServers
    files: OwnFiles
    hosts: Callable[[Session], frozenset[str]]
    secret: Callable[[Session, str, str], str]

    def of(self, begin: Begin) -> "InHand":
        return InHand(self, begin)


class InHand:
    """The instruments of one enterprise, in the name of whoever acts."""

    def __init__(self, instruments: Instruments, begin: Begin) -> None:
        self._parts = instruments
        self._begin = begin

    @property
    def by_name(self) -> Mapping[str, Offered]:
        """As templates write them."""
        return {
            "http": self.http, "soap": self.soap, "url_template": self.url_template,
            "ftp_list": self.ftp_list, "ftp_down": self.ftp_down, "ftp_up": self.ftp_up,
            "ftp_fetch": self.ftp_fetch, "ftp_send": self.ftp_send,
            "ftp_delete": self.ftp_delete, "ftp_rename": self.ftp_rename,
            "file_save": self.file_save, "file_append": self.file_append,
            "file_read": self.file_read, "file_list": self.file_list,
            "file_delete": self.file_delete,
        }  # fmt: skip

    def http(
        self,
        method: str,
        address: str,
        values: Mapping[str, Any] | None = None,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
        credential: str | None = None,
    ) -> dict[str, Any]:
        given = {str(name): str(value) for name, value in (headers or {}).items()}
        request = Request(method, address, given, values, body, credential=credential or "")
        return HttpSender(self._parts.outbound).send(self._reach(), request).plain()

    def url_template(
        self, address: str, data: Any = None, credential: str | None = None
    ) -> dict[str, Any]:
        """Its text, which is rendered where it was asked for, so with what data is no matter here."""
        del data
        reply = HttpSender(self._parts.outbound).send(
            self._reach(), Request("GET", address, {}, credential=credential or "")
        )
        if not reply.ok:
            raise refused(reply.status)
        page = reply.headers.get("content-type", "").startswith("text/html")
        return {"text": reply.text, "html": page}

    def soap(
        self,
        wsdl: str,
        operation: str,
        values: Mapping[str, Any] | None = None,
        credential: str | None = None,
    ) -> Any:
        # zeep and lxml are for those who call SOAP services alone.
        from callcenter.instruments.soap import Soap

        soap = Soap(self._parts.outbound)
        return soap.call(self._reach(), wsdl, operation, values or {}, credential or "")

    def ftp_list(self, server: str, folder: str = "") -> list[dict[str, Any]]:
        found = self._over(server, "list", lambda line, path: line.list(path(folder)))
        return [entry.plain() for entry in found]

    def ftp_down(self, server: str, name: str) -> str:
        """Raises FileTooLong for what is more than a text may be."""
        content = self._read(server, name)
        if len(content) > LARGEST_TEXT:
            raise FileTooLong({"most": LARGEST_TEXT // 1024})
        return content.decode("utf-8-sig", "replace")

    def ftp_up(self, server: str, name: str, text: str) -> int:
        return self._write(server, name, text.encode())

    def ftp_fetch(self, server: str, name: str, file: str) -> int:
        """Into the enterprise's folder, whatever it holds."""
        content = self._read(server, name)
        with self._begin() as session:
            return self._parts.files.save(session, file, content).size

    def ftp_send(self, server: str, file: str, name: str) -> int:
        """From the enterprise's folder."""
        with self._begin() as session:
            content = self._parts.files.read(session, file)
        return self._write(server, name, content)

    def ftp_delete(self, server: str, name: str) -> bool:
        self._over(server, "delete", lambda line, path: line.delete(path(name)))
        return True

    def ftp_rename(self, server: str, name: str, to: str) -> bool:
        self._over(server, "rename", lambda line, path: line.rename(path(name), path(to)))
        return True

    def file_save(self, name: str, text: str) -> int:
        with self._begin() as session:
            return self._parts.files.save(session, name, text.encode()).size

    def file_append(self, name: str, text: str) -> int:
        with self._begin() as session:
            return self._parts.files.append(session, name, text.encode()).size

    def file_read(self, name: str) -> str:
        with self._begin() as session:
            return self._parts.files.text(session, name)

    def file_list(self, folder: str = "") -> Sequence[Mapping[str, Any]]:
        with self._begin() as session:
            beginning = f"{folder.strip('/')}/" if folder.strip("/") else ""
            return self._parts.files.list(session, beginning)

    def file_delete(self, name: str) -> bool:
        """Whether it was there."""
        try:
            with self._begin() as session:
                self._parts.files.delete(session, name)
        except NotFound:
            return False
        return True

    def _read(self, server: str, name: str) -> bytes:
        content: bytes = self._over(server, "read", lambda line, path: line.read(path(name)))
        return content

    def _write(self, server: str, name: str, content: bytes) -> int:
        self._over(server, "write", lambda line, path: line.write(path(name), content))
        return len(content)

    def _over(self, name: str, act: str, do: Callable[[Line, Callable[[str], str]], Any]) -> Any:
        server, hosts, enterprise = self._named(name)

        def path(given: str) -> str:
            return remote_path(server.folder, given)

        out = self._parts.outbound
        with (
            bound_contextvars(enterprise=str(enterprise), server=name),
            out.noted("instrument.file_server", act=act, address=server.place),
            line_to(out, server, hosts) as line,
        ):
            return do(line, path)

    def _named(self, name: str) -> tuple[Server, frozenset[str], UUID]:
        parts = self._parts
        with self._begin() as session:
            return parts.servers.named(session, name), parts.hosts(session), _enterprise(session)

    def _reach(self) -> Reach:
        with self._begin() as session:
            return Reach(_enterprise(session), self._parts.hosts(session), self._secret)

    def _secret(self, name: str, url: str) -> str:
        with self._begin() as session:
            return self._parts.secret(session, name, url)


def _enterprise(session: Session) -> UUID:
    scope: Scope = session.info["scope"]
    if scope.enterprise_id is None:
        raise LookupError("instruments are an enterprise's")
    return scope.enterprise_id
