"""An e-mail as it goes out, and the talk with the server that takes it."""

import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Any
from uuid import UUID

from callcenter.core.outbound import Outbound, OutboundFailed, limited
from callcenter.messaging.outcomes import Ending, Outcome

PORTS = (25, 465, 587)
"""Where a host's name on the list is enough."""

SECONDS = 30.0
"""For all of it: a server that drips is left."""

_READY = 354
_REFUSALS = range(400, 600)
_REFUSED = 500
_TEMPORARY = "message.server_busy"
Begin = Callable[[], None]
"""Called before what cannot be taken back; raises where somebody else has the message by now."""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file as it goes along. type: a media type, without parameters."""

    name: str
    type: str
    content: bytes


def letter_of(
    settings: Mapping[str, Any], message_id: UUID, address: str, subject: str, body: str,
    at: datetime, *, html: bool, enclosed: Sequence[Enclosed] = (),
) -> EmailMessage:  # fmt: skip
    letter = EmailMessage(policy=SMTP)
    sender = settings["sender"]
    letter["From"] = formataddr((settings["sender_name"], sender))
    letter["To"] = address
    letter["Subject"] = subject
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = f"<{message_id}@{sender.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    if html:
        letter.set_content(body, subtype="html")
    else:
        letter.set_content(body)
    for each in enclosed:
        main, _, sub = each.type.partition("/")
        letter.add_attachment(each.content, maintype=main, subtype=sub, filename=each.name)
    return letter


class _Line(smtplib.SMTP):
    """Over a connection that was made elsewhere, to the host whose certificate it must have."""

    def __init__(
        self, connected: socket.socket, host: str, own_name: str, tls: ssl.SSLContext | None
    ) -> None:
        super().__init__(local_hostname=own_name, timeout=SECONDS)
        self._host = host
        self._connected = connected
        self._tls = tls

    def _get_socket(self, host: str, _port: int, timeout: float) -> socket.socket:
        self._connected.settimeout(timeout)
        if self._tls is None:
            return self._connected
        return self._tls.wrap_socket(self._connected, server_hostname=host)


class Mailer:
    """tls: what servers' certificates are held against, the system's unless told."""

    def __init__(self, outbound: Outbound, tls: ssl.SSLContext | None = None) -> None:
        self._outbound = outbound
        self._tls = tls or ssl.create_default_context()

    def send(
        self,
        settings: Mapping[str, Any],
        password: str,
        letter: EmailMessage,
        allowed: frozenset[str],
        begin: Begin,
    ) -> Outcome:
        """begin: before the text itself goes. What fails until then has certainly not gone."""
        host, port = settings["host"], settings["port"]
        gone = False

        def going() -> None:
            nonlocal gone
            begin()
            gone = True

        try:
            connected = self._outbound.connect(host, port, PORTS, allowed)
            at_once = self._tls if settings["security"] == "tls" else None
            line = _Line(connected, host, letter["Message-ID"].rpartition("@")[2][:-1], at_once)
            try:
                with connected.dup() as held, limited([held], SECONDS):
                    return self._talk(line, settings, password, letter, going)
            finally:
                line.close()
                connected.close()
        except OutboundFailed as failure:
            ending = Ending.UNSENT if failure.may_pass else Ending.REFUSED
            return Outcome(ending, failure.key, failure.parameters)
        except smtplib.SMTPNotSupportedError:
            return Outcome(Ending.REFUSED, "message.not_supported", {"host": f"{host}:{port}"})
        except (smtplib.SMTPException, OSError) as failure:
            if isinstance(failure, smtplib.SMTPResponseException) and not gone:
                return _refused(failure.smtp_code, failure.smtp_error)
            # Once the text is on its way, what is no whole answer says nothing of it.
            ending = Ending.UNKNOWN if gone else Ending.UNSENT
            key = "message.bad_certificate" if isinstance(failure, ssl.SSLError) else ""
            return Outcome(ending, key or "outbound.no_answer", {"host": f"{host}:{port}"})

    def _talk(
        self,
        line: _Line,
        settings: Mapping[str, Any],
        password: str,
        letter: EmailMessage,
        going: Begin,
    ) -> Outcome:
        content = _stuffed(letter)
        code, said = line.connect(settings["host"], settings["port"])
        if code != 220:
            return _refused(code, said)
        line.ehlo_or_helo_if_needed()
        if settings["security"] == "starttls":
            line.starttls(context=self._tls)
            line.ehlo_or_helo_if_needed()
        if settings["user"]:
            line.login(settings["user"], password)
        for code, said in (line.mail(settings["sender"]), line.rcpt(letter["To"])):
            if not 200 <= code < 300:
                return _refused(code, said)
        line.putcmd("data")
        code, said = line.getreply()
        if code != _READY:
            return _refused(code, said)
        going()
        line.send(content)
        code, said = line.getreply()
        if code in _REFUSALS:
            return _refused(code, said)
        if not 200 <= code < 300:
            # A line that was cut, or none of SMTP's: it may be theirs.
            raise smtplib.SMTPServerDisconnected
        # It is theirs by now, whatever becomes of the connection.
        with suppress(smtplib.SMTPException, OSError):
            line.putcmd("quit")
        return Outcome(Ending.SENT, provider_id=_shown(said)[:100])


def _stuffed(letter: EmailMessage) -> bytes:
    content = letter.as_bytes()
    # A dot at the beginning of a line is doubled, one alone ends the text.
    stuffed = b"".join(
        b"." + each if each.startswith(b".") else each for each in content.splitlines(True)
    )
    return stuffed + (b"" if stuffed.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _refused(code: int, said: bytes | str) -> Outcome:
    told = {"code": code, "answer": _shown(said)[:200]}
    if code < _REFUSED:
        return Outcome(Ending.UNSENT, _TEMPORARY, told)
    return Outcome(Ending.REFUSED, "message.server_refused", told)


def _shown(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())
