"""Schedules' services, by verb: keeping them, the holidays, and the plan that calls ask."""

from callcenter.schedules.hours import Hours
from callcenter.schedules.service.holidays import Holidays
from callcenter.schedules.service.keeping import Schedules
from callcenter.schedules.service.plan import SchedulePlan, load_schedules

__all__ = ["Holidays", "Hours", "SchedulePlan", "Schedules", "load_schedules"]
