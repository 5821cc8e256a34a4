"""FastAGI: Asterisk asks what to do with a channel, a coroutine of ours answers."""

from callcenter.telephony.agi.errors import AgiError, AgiRefused, AgiTimeout, UnsafeArgument
from callcenter.telephony.agi.server import AgiLimits, AgiServer, Handler
from callcenter.telephony.agi.session import AgiSession

__all__ = [
    "AgiError",
    "AgiLimits",
    "AgiRefused",
    "AgiServer",
    "AgiSession",
    "AgiTimeout",
    "Handler",
    "UnsafeArgument",
]
