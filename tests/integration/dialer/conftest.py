"""The office and its API; see tests/support/office.py."""

from tests.support.office import *  # noqa: F403
