"""Merging: one record lives on, and everything that pointed at the others points at it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from callcenter.calls.models import Call, CallSummary
from callcenter.console.models import Appointment
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.ids import new_id
from callcenter.objects.models import RecordMerge
from callcenter.objects.service import merging
from callcenter.voicemail.models import Voicemail
from tests.integration.objects.people import (
    BIN,
    a_customer,
    an_order,
    change,
    delete,
    history,
    place,
    read,
)
from tests.support.office import NOW, Caller, Office

pytestmark = pytest.mark.integration


def merge(caller: Caller, survivor: dict, *others: dict, **values: str):
    body = {"others": [{"id": one["id"], "version": one["version"]} for one in others]}
    body["values"] = values
    return caller.post(f"{place(survivor)}/merge", body, version=survivor["version"])


def a_call(database: Database, office: Office, customer_id: str, order_id: str) -> None:
    with database.begin(office.scope()) as session:
        call = Call(id=new_id(), direction="inbound", state="ended", started_at=NOW)
        call.customer_id = customer_id
        session.add(call)
        session.flush()
        summary = CallSummary(call_id=call.id, changed_at=NOW, work_order_object="work_order")
        summary.customer_id, summary.work_order_id = customer_id, order_id
        session.add(summary)


def a_message(database: Database, office: Office, customer_id: str) -> None:
    with database.begin(office.scope()) as session:
        session.add(
            Voicemail(
                id=new_id(), name="m", target_kind="service", target_id=new_id(), call_id=new_id(),
                left_at=NOW, seconds=2.0, sound="ready", state="new", customer_id=customer_id,
            )
        )  # fmt: skip


def an_appointment(database: Database, office: Office, customer_id: str) -> None:
    with database.begin(office.scope()) as session:
        session.add(
            Appointment(
                id=new_id(), user_id=office.people["agent"].user_id, due_at=NOW + timedelta(days=1),
                number="e164:8613800006207", customer_id=customer_id, customer_name="王秀蘭",
                subject="x", status="open", made_at=NOW,
            )
        )  # fmt: skip


def test_the_chosen_values_stay(agent: Caller, admin: Caller) -> None:
    kept = a_customer(agent, name="王秀兰", email="old@x.cn")
    other = a_customer(agent, name="王秀蘭", email="new@x.cn", devices=3)
    answer = merge(admin, kept, other, email=other["id"], devices=other["id"])
    assert answer.status_code == 200, answer.json
    values = answer.json["values"]
    assert (values["name"], values["email"], values["devices"]) == ("王秀兰", "new@x.cn", 3)
    assert answer.headers["ETag"] == '"2"'
    line = history(admin, kept)[0]
    assert (line["action"], line["note"]) == ("merge", "王秀蘭")
    assert {one["field"]: one["after"] for one in line["changes"]} == {
        "email": "new@x.cn", "devices": "3",
    }  # fmt: skip


def test_a_number_that_its_merger_may_not_see_stays_whole(
    agent: Caller, conf: Caller, leader: Caller
) -> None:
    kept, other = a_customer(agent), a_customer(agent, phone2="0532-88886641")
    answer = merge(conf, kept, other, phone2=other["id"])
    assert "88886641" not in answer.get_data(as_text=True)
    assert read(leader, kept)["values"]["phone2"] == "053288886641"


def test_everything_that_pointed_at_the_others_follows(
    agent: Caller, admin: Caller, database: Database, office: Office
) -> None:
    kept, other = a_customer(agent), a_customer(agent, name="王秀蘭")
    order = an_order(agent, customer=other["id"])
    a_call(database, office, other["id"], order["id"])
    an_appointment(database, office, other["id"])
    a_message(database, office, other["id"])
    agent.post(f"{place(other)}/comments", {"text": "老客户"})
    assert merge(admin, kept, other).status_code == 200
    moved = read(agent, order)
    assert (moved["values"]["customer"], moved["version"]) == (kept["id"], 2)
    assert history(agent, order)[0]["changes"][0]["after"] == "王秀兰"
    comments = agent.get(f"{place(kept)}/comments").json["items"]
    assert [one["text"] for one in comments] == ["老客户"]
    with database.begin(office.scope()) as session:
        ids = {
            *session.scalars(select(Call.customer_id)),
            *session.scalars(select(CallSummary.customer_id)),
            *session.scalars(select(Appointment.customer_id)),
            *session.scalars(select(Voicemail.customer_id)),
        }
        assert {str(each) for each in ids} == {kept["id"]}
        assert session.scalars(select(Appointment.customer_name)).one() == "王秀兰"


def test_merged_work_orders_stay_with_their_calls(
    agent: Caller, admin: Caller, database: Database, office: Office
) -> None:
    customer = a_customer(agent)
    kept, other = an_order(agent), an_order(agent)
    a_call(database, office, customer["id"], other["id"])
    assert merge(admin, kept, other).status_code == 200
    with database.begin(office.scope()) as session:
        assert str(session.scalars(select(CallSummary.work_order_id)).one()) == kept["id"]


def test_references_move_in_batches_until_none_is_left(
    agent: Caller, admin: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "BATCH", 2)
    kept, other = a_customer(agent), a_customer(agent)
    orders = [an_order(agent, customer=other["id"]) for _ in range(5)]
    assert merge(admin, kept, other).status_code == 200
    assert {read(agent, order)["values"]["customer"] for order in orders} == {kept["id"]}


def test_the_history_of_the_others_goes_on_in_the_survivors(agent: Caller, admin: Caller) -> None:
    kept = a_customer(agent)
    other = change(agent, a_customer(agent, name="王秀蘭"), devices=9)
    merge(admin, kept, other)
    lines = history(agent, kept)
    assert [line["action"] for line in lines] == ["merge", "update", "create", "create"]
    assert lines[1]["record"] == {"id": other["id"], "title": "王秀蘭"}
    assert lines[1]["changes"][0]["after"] == "9"
    assert lines[0]["record"] is None


def test_the_others_lie_in_the_bin_and_lead_to_the_survivor(agent: Caller, admin: Caller) -> None:
    kept, other = a_customer(agent), a_customer(agent, name="王秀蘭")
    merge(admin, kept, other)
    gone = agent.get(place(other))
    assert (gone.status_code, gone.json["error"]["details"]) == (404, {"merged_into": kept["id"]})
    (lying,) = admin.get(BIN).json["items"]
    assert lying["merged_into"] == {"id": kept["id"], "title": "王秀兰"}
    restored = admin.post(f"{BIN}/{other['id']}/restore", version=lying["version"])
    assert restored.status_code == 200
    assert read(agent, other)["title"] == "王秀蘭"
    assert [line["action"] for line in history(agent, kept)] == ["merge", "create"]


def test_who_was_merged_twice_leads_to_the_last(
    agent: Caller, admin: Caller, database: Database, office: Office
) -> None:
    first, second, third = (a_customer(agent, name=name) for name in ("甲", "乙", "丙"))
    second = merge(admin, second, first).json
    assert merge(admin, third, second).status_code == 200
    assert agent.get(place(first)).json["error"]["details"] == {"merged_into": third["id"]}
    with database.begin(office.scope()) as session:
        ends = {str(each) for each in session.scalars(select(RecordMerge.survivor_id))}
    assert ends == {third["id"]}


def test_five_become_one_at_a_time_and_no_more(agent: Caller, admin: Caller) -> None:
    kept, *others = (a_customer(agent) for _ in range(6))
    assert merge(admin, kept, *others).status_code == 422
    assert merge(admin, kept, *others[:4]).status_code == 200
    assert admin.get("/objects/customer/records").json["total"] == 2


def test_a_record_that_was_changed_meanwhile_is_not_merged(agent: Caller, admin: Caller) -> None:
    kept, other = a_customer(agent), a_customer(agent)
    change(agent, other, devices=1)
    assert merge(admin, kept, other).status_code == 412
    change(agent, kept, devices=1)
    assert merge(admin, kept, read(agent, other)).status_code == 412
    assert read(agent, other)["version"] == 2


def test_a_record_that_was_deleted_meanwhile_is_not_merged(agent: Caller, admin: Caller) -> None:
    kept, other = a_customer(agent), a_customer(agent)
    delete(admin, other)
    assert merge(admin, kept, other).status_code == 404
    assert history(agent, kept)[0]["action"] == "create"


def test_who_may_not_delete_may_not_merge(agent: Caller, inspector: Caller) -> None:
    kept, other = a_customer(agent), a_customer(agent)
    assert merge(agent, kept, other).status_code == 403
    assert merge(inspector, kept, other).status_code == 403
    assert read(agent, other)["version"] == 1


@pytest.mark.parametrize("field", ["number", "nothing"])
def test_a_value_that_nobody_chooses_is_refused(agent: Caller, admin: Caller, field: str) -> None:
    kept, other = a_customer(agent), a_customer(agent)
    answer = merge(admin, kept, other, **{field: other["id"]})
    assert list(answer.json["error"]["fields"]) == [f"values.{field}"]


def test_a_value_of_a_record_that_is_not_among_them_is_refused(
    agent: Caller, admin: Caller
) -> None:
    kept, other, third = (a_customer(agent) for _ in range(3))
    assert merge(admin, kept, other, email=third["id"]).status_code == 422
    assert merge(admin, kept, kept).status_code == 422
    assert merge(admin, kept, other, other).status_code == 422
    assert merge(admin, kept).status_code == 422


def test_nothing_is_merged_across_enterprises(
    agent: Caller, admin: Caller, stranger: Caller
) -> None:
    ours, theirs = a_customer(agent), a_customer(stranger)
    assert merge(admin, ours, theirs).status_code == 404
    assert merge(stranger, theirs, ours).status_code == 404
    assert merge(stranger, ours, theirs).status_code == 404
    assert read(agent, ours)["version"] == read(stranger, theirs)["version"] == 1


def test_the_time_of_a_merge_is_the_same_everywhere(
    agent: Caller, admin: Caller, clock: ManualClock
) -> None:
    kept, other = a_customer(agent), a_customer(agent)
    clock.advance(60)
    merged = merge(admin, kept, other).json
    (lying,) = admin.get(BIN).json["items"]
    assert lying["deleted_at"] == merged["updated_at"] == history(agent, kept)[0]["at"]
