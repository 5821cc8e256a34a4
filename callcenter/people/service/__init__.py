"""What other slices and the processes may ask of people."""

from callcenter.people.service.roster import Roster, SeatPlan, list_team_ids, load_roster
from callcenter.people.service.sessions import SessionGate, SignIn, SignInService

__all__ = [
    "Roster",
    "SeatPlan",
    "SessionGate",
    "SignIn",
    "SignInService",
    "list_team_ids",
    "load_roster",
]
