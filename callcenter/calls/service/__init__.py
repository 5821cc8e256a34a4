"""The ledger's reading side, by verb: calls for people, recordings, raw material of figures."""

from callcenter.calls.service.callers import Caller, callers_of
from callcenter.calls.service.contacts import last_agent
from callcenter.calls.service.days import (
    Answers,
    Moment,
    Span,
    agent_spans,
    moments,
    survey_answers,
)
from callcenter.calls.service.following import Following
from callcenter.calls.service.links import SoundLinks
from callcenter.calls.service.reading import Calls
from callcenter.calls.service.recordings import Recordings

__all__ = [
    "Answers",
    "Caller",
    "Calls",
    "Following",
    "Moment",
    "Recordings",
    "SoundLinks",
    "Span",
    "agent_spans",
    "callers_of",
    "last_agent",
    "moments",
    "survey_answers",
]
