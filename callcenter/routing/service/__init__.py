"""Routing's services, by verb: agent services, routing services, lists of callers, and the plan."""

from callcenter.routing.service.facts import CallerFacts
from callcenter.routing.service.lists import CallerLists
from callcenter.routing.service.plan import (
    Route,
    RouteKind,
    RoutePlan,
    RoutingPlan,
    ServicePlan,
    load_plan,
)
from callcenter.routing.service.routes import RoutingServices
from callcenter.routing.service.services import AgentServices

__all__ = [
    "AgentServices",
    "CallerFacts",
    "CallerLists",
    "Route",
    "RouteKind",
    "RoutePlan",
    "RoutingPlan",
    "RoutingServices",
    "ServicePlan",
    "load_plan",
]
