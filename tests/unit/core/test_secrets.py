"""Secrets are made once, kept, and readable for nobody else."""

import stat
from dataclasses import astuple
from pathlib import Path

import pytest

from callcenter.core.secrets import load_secrets
from callcenter.core.settings import SettingsError


def test_the_first_start_makes_them_and_later_ones_read_them(tmp_path: Path) -> None:
    first = load_secrets(tmp_path / "home")
    assert load_secrets(tmp_path / "home") == first
    assert len(set(astuple(first))) == len(astuple(first))


def test_two_installations_share_none(tmp_path: Path) -> None:
    one, other = load_secrets(tmp_path / "a"), load_secrets(tmp_path / "b")
    assert not set(astuple(one)) & set(astuple(other))


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    load_secrets(tmp_path)
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    load_secrets(tmp_path)
    (tmp_path / "secrets.json").chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        load_secrets(tmp_path)


def test_a_secret_that_a_new_version_needs_is_added(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.touch(mode=0o600)
    file.write_text('{"ami_secret": "kept"}')
    secrets = load_secrets(tmp_path)
    assert secrets.ami_secret == "kept"
    assert load_secrets(tmp_path) == secrets


def test_a_damaged_file_is_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    file.touch(mode=0o600)
    file.write_text("{")
    with pytest.raises(SettingsError, match="damaged"):
        load_secrets(tmp_path)


def test_they_do_not_show_in_a_traceback(tmp_path: Path) -> None:
    secrets = load_secrets(tmp_path)
    assert secrets.ami_secret not in repr(secrets)
