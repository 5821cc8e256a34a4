"""nginx as the one origin: pages, API, sockets, softphones, recordings."""

import os

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from callcenter.core.places import PROJECT
from callcenter.core.settings import Settings
from callcenter.processes.services.programs import find_program


def command(settings: Settings) -> list[str]:
    """Write its configuration, and tell how to run it in the foreground."""
    folder = settings.paths.home / "nginx"
    for name in ("body", "proxy"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    settings.paths.recordings.mkdir(parents=True, exist_ok=True)
    file = folder / "nginx.conf"
    file.write_text(render(settings))
    log = str(settings.paths.log / "nginx-error.log")
    return [find_program("nginx"), "-p", str(folder), "-c", str(file), "-e", log]


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
    return template.render(settings=settings, is_root=os.geteuid() == 0)


def quoted(value: object) -> str:
    """A word of nginx's language: no quote, variable or line break of the value has a meaning."""
    text = str(value)
    if any(character in text for character in '"\\$\n\r'):
        raise ValueError(f"nginx cannot be given the path {text!r}")
    return f'"{text}"'
