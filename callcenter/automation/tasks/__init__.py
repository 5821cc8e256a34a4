"""Tasks at work: runs are made when they are due, claimed, carried out and brought to an end.

Any number of processes may look for what is due, and for what waits; each run is there once and is
carried out by one of them. Whoever carries one out may be killed at any moment: its run has failed
then, and is tried again where the task says so.
"""

from callcenter.automation.tasks.claims import Claims, Ended, Turn
from callcenter.automation.tasks.clockwork import Clockwork
from callcenter.automation.tasks.runner import BrokenOff, Runner, StoppedByHand, TimeIsUp

__all__ = [
    "BrokenOff",
    "Claims",
    "Clockwork",
    "Ended",
    "Runner",
    "StoppedByHand",
    "TimeIsUp",
    "Turn",
]
