"""Certificates of one's own, for servers on this machine: alone, or of an authority."""

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificate:
    """Of `localhost`. certificate: what whoever believes it loads. server: what holds it."""

    certificate: Path
    server: ssl.SSLContext


def a_certificate(folder: Path) -> Certificate:
    key, certificate = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(
        [*command, *names, "-keyout", key, "-out", certificate], check=True, capture_output=True
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    return Certificate(certificate, server)


@dataclass(frozen=True)
class Pair:
    """As a server has it: PEM files."""

    certificate: Path
    key: Path


@dataclass(frozen=True)
class Authority:
    """certificate: what whoever believes it is told, as PEM."""

    folder: Path

    @property
    def certificate(self) -> str:
        return (self.folder / "ca.pem").read_text()

    def issues(self, subject: str) -> Pair:
        """For a server. subject: `DNS:db.example.com`, `IP:127.0.0.1`."""
        made = Pair(self.folder / "server.pem", self.folder / "server.key")
        signed = ["-CA", self.folder / "ca.pem", "-CAkey", self.folder / "ca.key"]
        names = [f"subjectAltName={subject}", "basicConstraints=critical,CA:FALSE"]
        _signed(made, "/CN=server", names, *signed)
        return made


def an_authority(folder: Path) -> Authority:
    folder.mkdir()
    own = Pair(folder / "ca.pem", folder / "ca.key")
    _signed(own, "/CN=An authority of a test", ["keyUsage=critical,keyCertSign"])
    return Authority(folder)


def _signed(made: Pair, subject: str, extensions: list[str], *signed: str | Path) -> None:
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command = ["openssl", "req", "-x509", "-nodes", *kind, "-days", "2", "-subj", subject]
    added = [part for each in extensions for part in ("-addext", each)]
    places = ["-keyout", made.key, "-out", made.certificate]
    subprocess.run([*command, *added, *signed, *places], check=True, capture_output=True)
