"""Records and acts that tests of what happens to a record share."""

from typing import Any

from tests.support.office import Caller

CUSTOMERS, ORDERS = "/objects/customer/records", "/objects/work_order/records"
BIN = "/objects/customer/recycle-bin"


def a_customer(caller: Caller, **values: Any) -> dict[str, Any]:
    answer = caller.post(
        CUSTOMERS, {"values": {"name": "王秀兰", "phone": "13800006207", **values}}
    )
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def an_order(caller: Caller, **values: Any) -> dict[str, Any]:
    given = {"business_type": "consult_use", "product": "other", "description": "x", **values}
    answer = caller.post(ORDERS, {"values": given})
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def place(record: dict[str, Any]) -> str:
    return f"/objects/{record['object']}/records/{record['id']}"


def read(caller: Caller, record: dict[str, Any]) -> dict[str, Any]:
    answer = caller.get(place(record))
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def history(caller: Caller, record: dict[str, Any], **filters: Any) -> list[dict[str, Any]]:
    answer = caller.get(f"{place(record)}/log", **filters)
    assert answer.status_code == 200, answer.json
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def change(caller: Caller, record: dict[str, Any], **values: Any) -> dict[str, Any]:
    answer = caller.send("PATCH", place(record), {"values": values}, version=record["version"])
    assert answer.status_code == 200, answer.json
    changed: dict[str, Any] = answer.json
    return changed


def delete(caller: Caller, record: dict[str, Any]) -> None:
    answer = caller.send("DELETE", place(record), version=record["version"])
    assert answer.status_code == 204, answer.json
