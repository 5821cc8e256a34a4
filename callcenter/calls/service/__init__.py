"""The ledger's reading side, by verb: calls for people, recordings, raw material of figures."""

from callcenter.calls.service.days import (
    Answers,
    Moment,
    Span,
    agent_spans,
    moments,
    survey_answers,
)
from callcenter.calls.service.following import Following
from callcenter.calls.service.reading import Calls
from callcenter.calls.service.recordings import Recordings

__all__ = [
    "Answers",
    "Calls",
    "Following",
    "Moment",
    "Recordings",
    "Span",
    "agent_spans",
    "moments",
    "survey_answers",
]
