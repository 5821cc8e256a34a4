"""What other slices and the processes may ask of people."""

from callcenter.people.models import LegForm
from callcenter.people.service.accounts import Accounts
from callcenter.people.service.acts import Acts
from callcenter.people.service.extensions import Extensions
from callcenter.people.service.profile import Profiles
from callcenter.people.service.roster import (
    ExtensionPlan,
    Roster,
    SeatPlan,
    list_team_ids,
    load_roster,
)
from callcenter.people.service.seats import Seats
from callcenter.people.service.sessions import SessionGate, SignIn, SignInService, find_actor
from callcenter.people.service.softphones import Softphones, sip_account
from callcenter.people.service.teams import Skills, Teams
from callcenter.people.service.words import Words, dispositions, reasons

__all__ = [
    "Accounts",
    "Acts",
    "ExtensionPlan",
    "Extensions",
    "LegForm",
    "Profiles",
    "Roster",
    "SeatPlan",
    "Seats",
    "SessionGate",
    "SignIn",
    "SignInService",
    "Skills",
    "Softphones",
    "Teams",
    "Words",
    "dispositions",
    "find_actor",
    "list_team_ids",
    "load_roster",
    "reasons",
    "sip_account",
]
