"""What other slices and the processes may ask of routing."""

from callcenter.routing.service.plan import Route, RouteKind, RoutingPlan, ServicePlan, load_plan
from callcenter.routing.service.services import AgentServices

__all__ = ["AgentServices", "Route", "RouteKind", "RoutingPlan", "ServicePlan", "load_plan"]
