"""What other slices and the processes may ask of tenancy."""

from callcenter.tenancy.models import PLATFORM_CODE, NumberStatus
from callcenter.tenancy.service.enterprises import Enterprises
from callcenter.tenancy.service.facts import FactsAside
from callcenter.tenancy.service.numbers import AccessNumbers
from callcenter.tenancy.service.options import OptionDefinitions, Options
from callcenter.tenancy.service.overview import Overview
from callcenter.tenancy.service.plan import (
    EnterprisePlan,
    NumberPlan,
    TrunkPlan,
    active_enterprises,
    find_active_enterprise,
    is_active_enterprise,
    load_enterprises,
    load_numbers,
    load_trunks,
)
from callcenter.tenancy.service.seams import InitialUser, IssuedPassword, Seats
from callcenter.tenancy.service.trunks import Trunks

__all__ = [
    "PLATFORM_CODE",
    "AccessNumbers",
    "EnterprisePlan",
    "Enterprises",
    "FactsAside",
    "InitialUser",
    "IssuedPassword",
    "NumberPlan",
    "NumberStatus",
    "OptionDefinitions",
    "Options",
    "Overview",
    "Seats",
    "TrunkPlan",
    "Trunks",
    "active_enterprises",
    "find_active_enterprise",
    "is_active_enterprise",
    "load_enterprises",
    "load_numbers",
    "load_trunks",
]
