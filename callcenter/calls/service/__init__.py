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
from callcenter.calls.service.seeing import actor_of, number_sought, people_seen, person_name

__all__ = [
    "Answers",
    "Caller",
    "Calls",
    "Following",
    "Moment",
    "Recordings",
    "SoundLinks",
    "Span",
    "actor_of",
    "agent_spans",
    "callers_of",
    "last_agent",
    "moments",
    "number_sought",
    "people_seen",
    "person_name",
    "survey_answers",
]
