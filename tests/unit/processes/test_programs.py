"""Programs of others that are not there are named, all of them, with what to do."""

import pytest

from callcenter.core.settings import SettingsError
from callcenter.processes.services.programs import require


def test_all_that_are_there_are_no_trouble() -> None:
    require("sh", "env")


def test_every_missing_program_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as told:
        require("sh", "no-such-server", "/nonexistent/asterisk")
    message = str(told.value)
    assert "no-such-server, /nonexistent/asterisk" in message
    assert "make setup" in message
    assert "sh," not in message
