"""What telephony writes into rooms, for tests of those who read it; shapes as in docs/openapi.json."""

from typing import Any

from callcenter.core.ids import new_id

AT = "2026-11-24T01:59:00Z"


def agent_state(state: str, **values: Any) -> dict[str, Any]:
    left = {"reason_id": None, "call_id": None, "wrap_up_until": None, "after": None}
    return {"state": state, "since": AT, "leg_form": "rung", **left, **values}


def desk_call(state: str, **values: Any) -> dict[str, Any]:
    return {
        "id": str(new_id()),
        "direction": "inbound",
        "state": state,
        "number": "138 **** 6207",
        "number_kind": "e164",
        "caller_name": "",
        "location": {"zh-CN": "山东省济南市", "en": "Jinan, Shandong"},
        "service": None,
        "survey": False,
        "access_number": "02160000001",
        "offered_at": AT,
        "answered_at": None,
        "ended_at": None,
        "waited_seconds": 5.0,
        "customer_id": None,
        "attempt_id": None,
        "callback": False,
        "callback_note": "",
        "consult": None,
        **values,
    }


def wall_seat(user_id: Any, employee_code: str, state: str, **values: Any) -> dict[str, Any]:
    return {
        "id": str(user_id),
        "employee_code": employee_code,
        "name": employee_code,
        "team_ids": [],
        "state": state,
        "since": AT,
        "reason_id": None,
        "call": None,
        "today": {"answered": 0, "missed": 0, "talk_seconds": 0},
        **values,
    }
