"""Automation's services, by verb: keeping tasks, telling of their runs, and files for oneself."""

from callcenter.automation.service.deliveries import Deliveries
from callcenter.automation.service.keeping import Tasks, names_credential
from callcenter.automation.service.runs import Runs

__all__ = ["Deliveries", "Runs", "Tasks", "names_credential"]
