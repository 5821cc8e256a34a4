"""Everything that Asterisk's files are made from."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Folders:
    """etc: the files themselves. modules, data: of the Asterisk that is run. home: what it writes."""

    etc: Path
    modules: Path
    data: Path
    agi_bin: Path
    home: Path
    recordings: Path


@dataclass(frozen=True, slots=True)
class Ports:
    host: str
    sip: int
    ami: int
    agi: int
    http: int
    rtp_start: int
    rtp_end: int


@dataclass(frozen=True, slots=True)
class Keys:
    ami_secret: str = field(repr=False)
    agi_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Trunk:
    """A SIP peer: calls go to host:port, and come from an address in `match`."""

    name: str
    host: str
    port: int
    match: tuple[str, ...]
    codecs: tuple[str, ...] = ("alaw", "ulaw")


@dataclass(frozen=True, slots=True)
class AccessNumber:
    """number: as telephony knows it; spellings: other ways in which trunks write it.

    queue: the fallback queue of the service it leads to, empty when there is none.
    paused: files without ending that its callers hear while it is not enabled; none: the common one.
    """

    number: str
    enterprise_code: str
    enterprise_id: str
    enabled: bool = True
    spellings: tuple[str, ...] = ()
    queue: str = ""
    paused: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Extension:
    """endpoint: `e100001-8001`; number and name are shown to who is called."""

    endpoint: str
    secret: str = field(repr=False)
    number: str
    name: str
    enterprise_code: str
    enterprise_id: str
    webrtc: bool = True


@dataclass(frozen=True, slots=True)
class PagePhone:
    """Of a page, for minutes; of no seat and no enterprise, and nothing can be dialled from it."""

    endpoint: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Service:
    """The queue that Asterisk itself runs while the control plane is away."""

    queue: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class MusicClass:
    """What the waiting hear in turn, each file without its ending."""

    name: str
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class ProvisioningModel:
    folders: Folders
    ports: Ports
    keys: Keys
    max_files: int = 65536
    trunks: tuple[Trunk, ...] = ()
    access_numbers: tuple[AccessNumber, ...] = ()
    extensions: tuple[Extension, ...] = ()
    page_phones: tuple[PagePhone, ...] = ()
    services: tuple[Service, ...] = ()
    music: tuple[MusicClass, ...] = ()
