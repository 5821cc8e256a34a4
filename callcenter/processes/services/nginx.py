"""nginx as the one origin: pages, API, sockets, softphones, recordings."""

import os
import socket
import subprocess
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from callcenter.core.places import PROJECT
from callcenter.core.settings import Settings
from callcenter.processes.services.programs import find_program

CERTIFICATE, KEY = "certificate.pem", "key.pem"


def configure(settings: Settings) -> None:
    """Write its configuration; the Procfile starts it."""
    find_program("nginx")
    folder = settings.paths.home / "nginx"
    for name in ("body", "proxy"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    settings.paths.recordings.mkdir(parents=True, exist_ok=True)
    settings.paths.transfers.mkdir(mode=0o700, parents=True, exist_ok=True)
    if settings.web.tls and not settings.web.certificate:
        _generate_certificate(folder, settings.web.host)
    (folder / "nginx.conf").write_text(render(settings))


def _generate_certificate(folder: Path, host: str) -> None:
    """Once: browsers that were told to trust it are not asked again."""
    certificate, key = folder / CERTIFICATE, folder / KEY
    if certificate.exists() and key.exists():
        return
    names = {f"DNS:{socket.gethostname()}", "DNS:localhost", "IP:127.0.0.1"}
    if host != "0.0.0.0":  # noqa: S104 - compared only
        names.add(f"IP:{host}" if host[:1].isdigit() else f"DNS:{host}")
    subprocess.run(
        [
            *(find_program("openssl"), "req", "-x509", "-nodes", "-days", "825"),
            *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
            *("-subj", "/CN=callcenter", "-addext", f"subjectAltName={','.join(sorted(names))}"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
        umask=0o077,
    )


def render(settings: Settings) -> str:
    environment = Environment(
        loader=FileSystemLoader(PROJECT / "config"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - not HTML; `quoted` escapes what is not a number
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["quoted"] = quoted
    template = environment.get_template("nginx.conf.j2")
    folder, web = settings.paths.home / "nginx", settings.web
    return template.render(
        settings=settings,
        is_root=os.geteuid() == 0,
        certificate=web.certificate or folder / CERTIFICATE,
        key=web.key or folder / KEY,
    )


def quoted(value: object) -> str:
    """A word of nginx's language: no quote, variable or line break of the value has a meaning."""
    text = str(value)
    if any(character in text for character in '"\\$\n\r'):
        raise ValueError(f"nginx cannot be given the path {text!r}")
    return f'"{text}"'
