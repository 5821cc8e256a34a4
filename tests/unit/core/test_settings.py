"""Settings come from three places, and what is wrong in one is said in one sentence."""

import tomllib
from pathlib import Path

import pytest

from callcenter.core.places import PROJECT
from callcenter.core.settings import VARIABLES, SettingsError, load_settings

EVERY_INTERFACE = "0.0.0.0"  # noqa: S104 - not served here


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def load(home: Path, **variables: str):
    return load_settings({"CALLCENTER_HOME": str(home), **variables})


def test_defaults_hold_where_nothing_is_set(home: Path) -> None:
    settings = load(home)
    assert settings.web.port == 8000
    assert settings.demo.trunk_port == 15080
    assert settings.asterisk.binary.is_absolute()


def test_the_data_folder_is_var_unless_set() -> None:
    assert load_settings({}).paths.home.name == "var"


def test_the_file_of_the_data_folder_beats_defaults(home: Path) -> None:
    (home / "settings.toml").write_text("[web]\nport = 8100\n")
    assert load(home).web.port == 8100


def test_the_environment_beats_the_file(home: Path) -> None:
    (home / "settings.toml").write_text("[web]\nport = 8100\n")
    assert load(home, CALLCENTER_WEB_PORT="8200").web.port == 8200


def test_the_address_of_every_interface_is_reached_here_by_loopback(home: Path) -> None:
    (home / "settings.toml").write_text("[web]\ntls = true\n")
    assert load(home, CALLCENTER_WEB_HOST=EVERY_INTERFACE).web.url == "https://127.0.0.1:8000"


def test_picked_ports_beat_defaults_only(home: Path) -> None:
    (home / "ports.json").write_text('{"web": {"port": 8001}, "redis": {"port": 6390}}')
    (home / "settings.toml").write_text("[redis]\nport = 6391\n")
    settings = load(home)
    assert (settings.web.port, settings.redis.port) == (8001, 6391)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[web]\nprot = 1\n", "there is no setting 'web.prot'"),
        ("[wbe]\nport = 1\n", "there is no section 'wbe'"),
        ("port = 1\n", "'port' stands outside a section"),
        ("[web\n", "is not valid TOML"),
        ('[web]\nport = "8000"\n', "web.port must be a whole number, not '8000'"),
        ("[web]\nport = true\n", "web.port must be a whole number, not True"),
        ("[web]\nport = 0\n", "web.port must be a port between 1 and 65535, not 0"),
        ("[demo]\nenabled = 1\n", "demo.enabled must be true or false, not 1"),
        ("[asterisk]\nrtp_start = 20000\nrtp_end = 20000\n", "must be below rtp_end"),
        ('[web]\nkey = "k"\n', "web.certificate and web.key must be set together"),
        ('[log]\nlevel = "loud"\n', "log.level must be one of"),
        ('[database]\nurl = "mysql://x"\n', "database.url must start with postgresql"),
        ("[transfers]\nlargest_megabytes = 0\n", "transfers.largest_megabytes must be 1 or more"),
    ],
)
def test_a_file_with_a_mistake_is_refused(home: Path, content: str, sentence: str) -> None:
    (home / "settings.toml").write_text(content)
    with pytest.raises(SettingsError, match=sentence):
        load(home)


def test_the_sentence_names_the_file(home: Path) -> None:
    (home / "settings.toml").write_text("[web]\nprot = 1\n")
    with pytest.raises(SettingsError, match=r"settings\.toml"):
        load(home)


@pytest.mark.parametrize("value", ["abc", "-1", "8_000", "٨", ""])
def test_a_port_that_is_no_number_is_refused_by_name(home: Path, value: str) -> None:
    with pytest.raises(SettingsError, match="CALLCENTER_WEB_PORT must be a whole number"):
        load(home, CALLCENTER_WEB_PORT=value)


def test_a_misspelt_variable_is_refused(home: Path) -> None:
    with pytest.raises(SettingsError, match="CALLCENTER_WEBPORT is no setting"):
        load(home, CALLCENTER_WEBPORT="1")


def test_damaged_picked_ports_are_named(home: Path) -> None:
    (home / "ports.json").write_text("{")
    with pytest.raises(SettingsError, match=r"ports\.json is damaged"):
        load(home)


def test_sockets_of_a_deep_data_folder_lie_where_their_path_is_short_enough(home: Path) -> None:
    deep = home / ("d" * 100)
    assert load(home).paths.sockets == home / "run"
    sockets = load(deep).paths.sockets
    assert len(str(sockets / "pg" / ".s.PGSQL.65535.lock")) <= 107
    assert sockets != load(home / ("e" * 100)).paths.sockets


def test_every_setting_is_documented() -> None:
    told = (PROJECT / "docs" / "settings.md").read_text()
    defaults = tomllib.loads((PROJECT / "config" / "default.toml").read_text())
    names = [f"{section}.{name}" for section, entries in defaults.items() for name in entries]
    assert [name for name in (*names, *VARIABLES) if f"`{name}`" not in told] == []
