"""Settings: defaults, then the data folder's file, then the environment.

Later sources win: config/default.toml, ports.json (only ports that nobody set),
$CALLCENTER_HOME/settings.toml, environment. What is unknown or malformed is refused with one
sentence (`SettingsError`) that names the place; nothing is guessed.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, get_type_hints

from callcenter.core.places import PROJECT, Places

Raw = dict[str, dict[str, Any]]

OTHER_VARIABLES = frozenset(
    {
        "CALLCENTER_HOME",
        "CALLCENTER_PROCESS",  # set by the supervisor: which process this is
        "CALLCENTER_SUPERVISOR",  # likewise: whose end is everyone's
        "CALLCENTER_OUTAGE_SECONDS",  # how long the fault tests take something away
    }
)


class SettingsError(Exception):
    """One sentence that says what is wrong, where, and what to do."""


@dataclass(frozen=True)
class Web:
    """`certificate` and `key` are files; with `tls` and without them a pair is generated."""

    host: str
    port: int
    address: str
    tls: bool
    certificate: str
    key: str
    workers: int
    threads: int
    realtime_threads: int

    @property
    def public(self) -> str:
        """The origin as people reach it: what letters lead to."""
        return self.address.rstrip("/") or self.url

    @property
    def url(self) -> str:
        """The one origin, as this machine reaches it."""
        host = "127.0.0.1" if self.host == "0.0.0.0" else self.host  # noqa: S104 - compared only
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}"


@dataclass(frozen=True)
class Database:
    """`url` is the owner's URL of a database elsewhere; empty means the private cluster.

    replica_url: of a streaming replica of it, empty for none; replica_lag: seconds that it may be behind.
    """

    url: str
    replica_url: str
    replica_lag: int
    port: int
    pool_size: int
    max_overflow: int


@dataclass(frozen=True)
class Redis:
    port: int


@dataclass(frozen=True)
class Asterisk:
    """`modules` and `data` are the folders of the Asterisk that `binary` starts."""

    binary: Path
    modules: Path
    data: Path
    host: str
    sip_port: int
    ami_port: int
    agi_port: int
    http_port: int
    rtp_start: int
    rtp_end: int


@dataclass(frozen=True)
class Telephony:
    node: str


@dataclass(frozen=True)
class Attachments:
    """`largest_megabytes`: what one file at a record may have."""

    largest_megabytes: int


@dataclass(frozen=True)
class Transfers:
    """largest_megabytes: of a file of records that comes in, in MiB."""

    largest_megabytes: int

    @property
    def largest(self) -> int:
        return self.largest_megabytes * 1024 * 1024


@dataclass(frozen=True)
class Demo:
    enabled: bool
    password: str
    trunk_port: int


@dataclass(frozen=True)
class Log:
    level: str


@dataclass(frozen=True)
class Settings:
    paths: Places
    web: Web
    database: Database
    redis: Redis
    asterisk: Asterisk
    telephony: Telephony
    attachments: Attachments
    transfers: Transfers
    demo: Demo
    log: Log


SECTIONS: dict[str, type[Any]] = {
    "web": Web,
    "database": Database,
    "redis": Redis,
    "asterisk": Asterisk,
    "telephony": Telephony,
    "attachments": Attachments,
    "transfers": Transfers,
    "demo": Demo,
    "log": Log,
}

VARIABLES = {
    "CALLCENTER_WEB_HOST": ("web", "host"),
    "CALLCENTER_WEB_PORT": ("web", "port"),
    "CALLCENTER_DATABASE_URL": ("database", "url"),
    "CALLCENTER_DATABASE_REPLICA_URL": ("database", "replica_url"),
    "CALLCENTER_DATABASE_REPLICA_LAG": ("database", "replica_lag"),
    "CALLCENTER_DATABASE_PORT": ("database", "port"),
    "CALLCENTER_REDIS_PORT": ("redis", "port"),
    "CALLCENTER_ASTERISK_BINARY": ("asterisk", "binary"),
    "CALLCENTER_SIP_PORT": ("asterisk", "sip_port"),
    "CALLCENTER_AMI_PORT": ("asterisk", "ami_port"),
    "CALLCENTER_AGI_PORT": ("asterisk", "agi_port"),
    "CALLCENTER_ASTERISK_HTTP_PORT": ("asterisk", "http_port"),
    "CALLCENTER_RTP_START": ("asterisk", "rtp_start"),
    "CALLCENTER_RTP_END": ("asterisk", "rtp_end"),
    "CALLCENTER_DEMO_PASSWORD": ("demo", "password"),
    "CALLCENTER_DEMO_TRUNK_PORT": ("demo", "trunk_port"),
    "CALLCENTER_LOG_LEVEL": ("log", "level"),
}

PORT_FIELDS = tuple(place for place in VARIABLES.values() if place[1].endswith("port"))
MOST_MEGABYTES = 1024
LEVELS = ("debug", "info", "warning", "error")


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read all sources; raises SettingsError."""
    places = places_of(environ)
    raw = _defaults()
    _merge(raw, _picked_ports(places.ports_file), str(places.ports_file))
    for source, values in explicit(environ).items():
        _merge(raw, values, source)
    return _checked(raw, places)


def places_of(environ: Mapping[str, str]) -> Places:
    return Places(Path(environ.get("CALLCENTER_HOME") or PROJECT / "var").absolute())


def explicit(environ: Mapping[str, str]) -> dict[str, Raw]:
    """What somebody set by hand, by source, weakest first."""
    file = places_of(environ).settings_file
    return {str(file): _toml(file) if file.exists() else {}, "the environment": _from(environ)}


def is_port(section: str, name: str) -> bool:
    return (section, name) in PORT_FIELDS or name in {"rtp_start", "rtp_end"}


def _defaults() -> Raw:
    return _toml(PROJECT / "config" / "default.toml")


def _toml(file: Path) -> Raw:
    try:
        content = tomllib.loads(file.read_text())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is not valid TOML: {error}.") from error
    for name, section in content.items():
        if not isinstance(section, dict):
            raise SettingsError(f"{file}: '{name}' stands outside a section.")
    return content


def _from(environ: Mapping[str, str]) -> Raw:
    raw: Raw = {}
    for variable, value in environ.items():
        if not variable.startswith("CALLCENTER_") or variable in OTHER_VARIABLES:
            continue
        if variable not in VARIABLES:
            raise SettingsError(
                f"{variable} is no setting; known are {', '.join(sorted(VARIABLES))}."
            )
        section, name = VARIABLES[variable]
        kind = get_type_hints(SECTIONS[section])[name]
        raw.setdefault(section, {})[name] = _number(variable, value) if kind is int else value
    return raw


def _number(variable: str, value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise SettingsError(f"{variable} must be a whole number, not '{value}'.")
    return int(value)


def _picked_ports(file: Path) -> Raw:
    if not file.exists():
        return {}
    try:
        picked: Raw = json.loads(file.read_text())
    except ValueError as error:
        raise SettingsError(f"{file} is damaged ({error}); delete it.") from error
    return picked


def _merge(raw: Raw, values: Raw, source: str) -> None:
    for section, entries in values.items():
        if section not in SECTIONS:
            raise SettingsError(f"{source}: there is no section '{section}'.")
        for name, value in entries.items():
            if name not in raw[section]:
                raise SettingsError(f"{source}: there is no setting '{section}.{name}'.")
            raw[section][name] = value


def _checked(raw: Raw, places: Places) -> Settings:
    sections = {name: _section(kind, name, raw[name]) for name, kind in SECTIONS.items()}
    settings = Settings(paths=places, **sections)
    asterisk = settings.asterisk
    if asterisk.rtp_start >= asterisk.rtp_end:
        raise SettingsError(
            f"asterisk.rtp_start ({asterisk.rtp_start}) must be below rtp_end ({asterisk.rtp_end})."
        )
    if not 1 <= settings.attachments.largest_megabytes <= MOST_MEGABYTES:
        raise SettingsError(
            f"attachments.largest_megabytes must be between 1 and {MOST_MEGABYTES}."
        )
    if settings.transfers.largest_megabytes < 1:
        raise SettingsError("transfers.largest_megabytes must be 1 or more.")
    if settings.log.level not in LEVELS:
        raise SettingsError(f"log.level must be one of {', '.join(LEVELS)}.")
    if bool(settings.web.certificate) != bool(settings.web.key):
        raise SettingsError("web.certificate and web.key must be set together.")
    if settings.database.url and not settings.database.url.startswith("postgresql"):
        raise SettingsError("database.url must start with postgresql://.")
    if settings.database.replica_url and not settings.database.replica_url.startswith("postgresql"):
        raise SettingsError("database.replica_url must start with postgresql://.")
    absolute = {name: PROJECT / getattr(asterisk, name) for name in ("binary", "modules", "data")}
    return replace(settings, asterisk=replace(asterisk, **absolute))


def _section(kind: type[Any], section: str, values: dict[str, Any]) -> Any:
    hints = get_type_hints(kind)
    return kind(
        **{
            field.name: _value(section, field.name, hints[field.name], values[field.name])
            for field in fields(kind)
        }
    )


def _value(section: str, name: str, kind: type[Any], value: Any) -> Any:
    place = f"{section}.{name}"
    if kind is Path:
        kind = str
    if type(value) is not kind:
        wanted = {int: "a whole number", bool: "true or false", str: "text"}[kind]
        raise SettingsError(f"{place} must be {wanted}, not {value!r}.")
    if is_port(section, name) and not 1 <= value <= 65535:
        raise SettingsError(f"{place} must be a port between 1 and 65535, not {value}.")
    return value
