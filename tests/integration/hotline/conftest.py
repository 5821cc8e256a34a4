"""The sounds of the laboratory, as telephony's tests have them; a line of its own among the workers."""

from tests.integration.telephony.conftest import sounds

__all__ = ["sounds"]
