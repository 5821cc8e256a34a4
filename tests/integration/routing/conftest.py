"""The platform through its own API; see tests/support/firms.py."""

from tests.support.firms import *  # noqa: F403
