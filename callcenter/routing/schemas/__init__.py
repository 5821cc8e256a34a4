"""Shapes of services that calls are led to, and by."""

from callcenter.routing.schemas.conferences import (
    ConferenceBody,
    ConferenceJoined,
    ConferenceName,
    ConferencePage,
    ConferenceQuery,
    ConferenceShape,
)
from callcenter.routing.schemas.lists import (
    CallerListBody,
    CallerListPage,
    CallerListShape,
    ListedBody,
    ListedPage,
    RemovedBody,
    TakenShape,
)
from callcenter.routing.schemas.matching import MatchingShape
from callcenter.routing.schemas.routes import (
    CallToTry,
    CallTried,
    RoutingServiceBody,
    RoutingServicePage,
    RoutingServiceShape,
    RulesShape,
)
from callcenter.routing.schemas.services import AgentServicePage, AgentServiceShape, ServiceBody

__all__ = [
    "AgentServicePage",
    "AgentServiceShape",
    "CallToTry",
    "CallTried",
    "CallerListBody",
    "CallerListPage",
    "CallerListShape",
    "ConferenceBody",
    "ConferenceJoined",
    "ConferenceName",
    "ConferencePage",
    "ConferenceQuery",
    "ConferenceShape",
    "ListedBody",
    "ListedPage",
    "MatchingShape",
    "RemovedBody",
    "RoutingServiceBody",
    "RoutingServicePage",
    "RoutingServiceShape",
    "RulesShape",
    "ServiceBody",
    "TakenShape",
]
