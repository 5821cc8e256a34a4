"""The ledger's reading side, by verb: calls for people, recordings, raw material of figures."""

from callcenter.calls.service.contacts import last_agent
from callcenter.calls.service.days import Moment, Span, agent_spans, moments
from callcenter.calls.service.following import Following
from callcenter.calls.service.reading import Calls
from callcenter.calls.service.recordings import Recordings

__all__ = [
    "Calls",
    "Following",
    "Moment",
    "Recordings",
    "Span",
    "agent_spans",
    "last_agent",
    "moments",
]
