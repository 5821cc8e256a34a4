"""The desk's services, by concern."""

from callcenter.console.service.appointments import Appointments
from callcenter.console.service.desk import CallingTasks, Desk, Softphones
from callcenter.console.service.drafts import Drafts
from callcenter.console.service.pop import Pop
from callcenter.console.service.verbs import Verbs

__all__ = ["Appointments", "CallingTasks", "Desk", "Drafts", "Pop", "Softphones", "Verbs"]
