"""Messaging's services, by verb: keeping channels, taking messages in, telling of them."""

from callcenter.messaging.models import Source
from callcenter.messaging.service.accepting import Accepting, Attachment, Draft
from callcenter.messaging.service.channels import Channels
from callcenter.messaging.service.emptying import Emptying
from callcenter.messaging.service.log import MessageLog
from callcenter.messaging.service.reporting import Reporting
from callcenter.messaging.service.writing import Writing

__all__ = [
    "Accepting",
    "Attachment",
    "Channels",
    "Draft",
    "Emptying",
    "MessageLog",
    "Reporting",
    "Source",
    "Writing",
]
