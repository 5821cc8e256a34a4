"""Unit tests reach no network."""

import pytest
from pytest_socket import disable_socket, enable_socket


@pytest.fixture(autouse=True)
def _no_network():
    disable_socket(allow_unix_socket=True)  # event loops wake themselves by a pair of these
    yield
    enable_socket()
