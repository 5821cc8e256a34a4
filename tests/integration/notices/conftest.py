"""The office and its API (tests/support/office.py)."""

from tests.support.office import *  # noqa: F403
