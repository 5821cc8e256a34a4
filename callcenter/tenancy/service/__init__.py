"""What other slices and the processes may ask of tenancy."""

from callcenter.tenancy.models import PLATFORM_CODE
from callcenter.tenancy.service.options import Options
from callcenter.tenancy.service.plan import (
    EnterprisePlan,
    NumberPlan,
    TrunkPlan,
    enterprise_code,
    find_active_enterprise,
    load_enterprises,
    load_numbers,
    load_trunks,
)

__all__ = [
    "PLATFORM_CODE",
    "EnterprisePlan",
    "NumberPlan",
    "Options",
    "TrunkPlan",
    "enterprise_code",
    "find_active_enterprise",
    "load_enterprises",
    "load_numbers",
    "load_trunks",
]
