"""Automation's services, by verb: keeping tasks, and telling of their runs."""

from callcenter.automation.service.keeping import Tasks
from callcenter.automation.service.runs import Runs

__all__ = ["Runs", "Tasks"]
