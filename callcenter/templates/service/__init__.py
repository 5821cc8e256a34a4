"""Templates' services, by verb: keeping them, rendering them, and answering what they ask."""

from callcenter.templates.service.acting import Acting
from callcenter.templates.service.instructing import Begin, Instructing, Outside
from callcenter.templates.service.keeping import Templates
from callcenter.templates.service.reference import reference
from callcenter.templates.service.rendering import Rendering

__all__ = ["Acting", "Begin", "Instructing", "Outside", "Rendering", "Templates", "reference"]
