"""The manager interface of Asterisk: our hardened client over panoramisk's codec.

What is wrong with panoramisk 1.4 itself, and what is done about it, is listed in `connection.py`.
"""

from callcenter.telephony.ami.client import AmiClient
from callcenter.telephony.ami.connection import ActionFields
from callcenter.telephony.ami.errors import AmiDown, AmiError, AmiRefused, AmiTimeout, UnsafeValue
from callcenter.telephony.ami.messages import AmiEvent, AmiResponse
from callcenter.telephony.ami.settings import AmiAddress, AmiTiming

__all__ = [
    "ActionFields",
    "AmiAddress",
    "AmiClient",
    "AmiDown",
    "AmiError",
    "AmiEvent",
    "AmiRefused",
    "AmiResponse",
    "AmiTimeout",
    "AmiTiming",
    "UnsafeValue",
]
