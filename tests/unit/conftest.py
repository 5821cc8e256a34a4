"""Unit tests reach no network."""

import pytest
from hypothesis import settings
from pytest_socket import disable_socket, enable_socket

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(autouse=True)
def _no_network():
    disable_socket(allow_unix_socket=True)  # event loops wake themselves by a pair of these
    yield
    enable_socket()
