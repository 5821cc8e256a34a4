"""A mail server of one's own: it speaks SMTP, keeps what it took, and fails as it is told to."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailServer:
    """place: host:port. recipient: its answer to RCPT. taken: the letters, in order.

    at_text: what it does when the text has come: `take`, `hang`, `drop`, or says before it goes.
    asked: commands.
    """

    place: str
    recipient: str = "250 ok"
    at_text: str = "take"
    taken: list[EmailMessage] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    has_text: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    tls: ssl.SSLContext | None = None

    @property
    def host(self) -> str:
        return self.place.partition(":")[0]

    @property
    def port(self) -> int:
        return int(self.place.partition(":")[2])


class _Session(socketserver.StreamRequestHandler):
    mail: MailServer

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def handle(self) -> None:
        self.say("220 mail.test")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            self.mail.asked.append(line)
            if word == "EHLO":
                self.say("250-mail.test")
                self.say("250-STARTTLS" if self.mail.tls else "250-8BITMIME")
                self.say("250 AUTH PLAIN LOGIN")
            elif word == "STARTTLS" and self.mail.tls:
                self.say("220 go on")
                if not self._secure(self.mail.tls):
                    return
            elif word == "AUTH":
                self.say("235 welcome")
            elif word == "RCPT":
                self.say(self.mail.recipient)
            elif word == "DATA":
                self.say("354 go on")
                if not self._take():
                    return
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def _secure(self, tls: ssl.SSLContext) -> bool:
        """False where whoever is there does not trust us, and goes."""
        try:
            self.request = tls.wrap_socket(self.connection, server_side=True)
        except OSError:
            return False
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
        return True

    def finish(self) -> None:
        super().finish()
        # What was wrapped is no longer what the server closes.
        self.request.close()

    def _take(self) -> bool:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if not line:
            # Whoever was there went before the end: nothing has been taken.
            return False
        letter = message_from_bytes(b"".join(lines).replace(b"\r\n", b"\n"), policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.mail.taken.append(letter)
        self.mail.has_text.set()
        if self.mail.at_text == "hang":
            self.mail.over.wait()
        if self.mail.at_text != "take":
            if self.mail.at_text not in ("hang", "drop"):
                self.wfile.write(self.mail.at_text.encode())
            return False
        self.say(f"250 queued as {len(self.mail.taken)}")
        return True


@contextmanager
def a_mail_server(tls: ssl.SSLContext | None = None) -> Iterator[MailServer]:
    session = type("Session", (_Session,), {})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), session) as serving:
        serving.daemon_threads = True
        made = MailServer(f"127.0.0.1:{serving.server_address[1]}", tls=tls)
        session.mail = made
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield made
        made.over.set()
        serving.shutdown()
