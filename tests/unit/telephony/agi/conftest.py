"""The AGI server is tested over loopback: its dangers are those of sockets."""

import pytest


@pytest.fixture(autouse=True)
def _no_network() -> None:
    """Loopback is what is tested here."""
