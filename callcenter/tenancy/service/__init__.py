"""What other slices and the processes may ask of tenancy."""

from callcenter.tenancy.service.plan import (
    EnterprisePlan,
    NumberPlan,
    TrunkPlan,
    find_active_enterprise,
    load_enterprises,
    load_numbers,
    load_trunks,
)

__all__ = [
    "EnterprisePlan",
    "NumberPlan",
    "TrunkPlan",
    "find_active_enterprise",
    "load_enterprises",
    "load_numbers",
    "load_trunks",
]
