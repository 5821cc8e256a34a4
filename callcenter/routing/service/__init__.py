"""What other slices and the processes may ask of routing."""

from callcenter.routing.service.plan import Route, RouteKind, RoutingPlan, ServicePlan, load_plan

__all__ = ["Route", "RouteKind", "RoutingPlan", "ServicePlan", "load_plan"]
