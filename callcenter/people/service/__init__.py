"""What other slices and the processes may ask of people."""

from callcenter.people.service.accounts import Accounts
from callcenter.people.service.profile import Profiles
from callcenter.people.service.roster import Roster, SeatPlan, list_team_ids, load_roster
from callcenter.people.service.sessions import SessionGate, SignIn, SignInService
from callcenter.people.service.softphones import Softphones

__all__ = [
    "Accounts",
    "Profiles",
    "Roster",
    "SeatPlan",
    "SessionGate",
    "SignIn",
    "SignInService",
    "Softphones",
    "list_team_ids",
    "load_roster",
]
