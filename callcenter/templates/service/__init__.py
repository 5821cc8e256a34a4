"""Templates' services, by verb: keeping them, and rendering them."""

from callcenter.templates.service.keeping import Templates
from callcenter.templates.service.rendering import Rendering

__all__ = ["Rendering", "Templates"]
