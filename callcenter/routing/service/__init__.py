"""Routing's services, by verb: agent services, routing services, lists, rooms, and the plan."""

from callcenter.routing.service.conferences import ConferenceDoor, ConferencePlan, Conferences
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
from callcenter.routing.service.waiting import outside_number

__all__ = [
    "AgentServices",
    "CallerFacts",
    "CallerLists",
    "ConferenceDoor",
    "ConferencePlan",
    "Conferences",
    "Route",
    "RouteKind",
    "RoutePlan",
    "RoutingPlan",
    "RoutingServices",
    "ServicePlan",
    "load_plan",
    "outside_number",
]
