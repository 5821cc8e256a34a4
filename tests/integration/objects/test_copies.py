"""Fields that take over what the record has that a reference names: the price of a part."""

from collections.abc import Mapping
from typing import Any

import pytest

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.objects.service import NewRow, Records
from callcenter.processes.means import means
from tests.integration.objects.files import Importer, Worker
from tests.integration.objects.firm import RIGHTS, Firm, a_document, make
from tests.integration.objects.shaping import Shaping, a_field
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration

PARTS, USES = "/objects/part/records", "/objects/use/records"
SHOWN = {"visible": {"tests": [{"field": "paid", "operator": "eq", "value": True}]}}


def copied(field: str, by: str = "part") -> dict[str, Any]:
    return {"copied": {"by": by, "field": field}}


def uses(*fields: dict[str, Any]) -> dict[str, Any]:
    reference = a_field("part", "reference", settings={"reference": {"object": "part"}})
    rights = RIGHTS | {"import": {"admin": "all"}}
    return a_document("use", "base", [reference, *fields], permissions=rights)


@pytest.fixture
def parts(firm: Firm) -> Firm:
    firm.keeps(
        a_document("part", "base", [
            a_field("price", "money"), a_field("seller", "phone"),
            a_field("cost", "money", rights={"agent": "mask"}),
        ])
    )  # fmt: skip
    return firm


@pytest.fixture
def shop(parts: Firm) -> Firm:
    parts.keeps(
        uses(
            a_field("price", "money", required=True, settings=copied("price")),
            a_field("paid", "boolean"),
            a_field("refund", "money", settings=copied("price"), when=SHOWN),
            a_field("reads", "money", read_only=True, settings=copied("price")),
            a_field("cost", "money", rights={"agent": "mask"}, settings=copied("cost")),
            a_field("seller", "phone", settings=copied("seller")),
            a_field("twice", "formula", settings={"expression": "price * 2", "places": 0}),
        )
    )
    return parts


@pytest.fixture
def pump(shop: Firm, admin: Caller) -> str:
    return make(admin, PARTS, "水泵", price="120", cost="80", seller="13800000001")


def values(caller: Caller, record_id: str) -> Mapping[str, Any]:
    answer = caller.get(f"{USES}/{record_id}")
    assert answer.status_code == 200, answer.json
    found: Mapping[str, Any] = answer.json["values"]
    return found


def change(caller: Caller, record_id: str, **given: Any) -> Mapping[str, Any]:
    version = caller.get(f"{USES}/{record_id}").json["version"]
    answer = caller.send("PATCH", f"{USES}/{record_id}", {"values": given}, version=version)
    assert answer.status_code == 200, answer.json
    return values(caller, record_id)


def test_a_new_record_takes_over_what_is_not_entered(pump: str, admin: Caller) -> None:
    found = values(admin, make(admin, USES, "一", part=pump))
    assert (found["price"], found["reads"], found["twice"]) == ("120.00", "120.00", "240")
    found = values(admin, make(admin, USES, "二", part=pump, price="100"))
    assert (found["price"], found["reads"], found["twice"]) == ("100.00", "120.00", "200")


def test_a_required_field_that_nothing_fills_is_asked_for(shop: Firm, admin: Caller) -> None:
    free = make(admin, PARTS, "赠品")
    for given in ({}, {"part": free}):
        answer = admin.post(USES, {"values": {"name": "三", **given}})
        assert answer.status_code == 422
        assert [*answer.json["error"]["fields"]] == ["price"]


def test_another_choice_brings_its_own_value(pump: str, admin: Caller) -> None:
    fan = make(admin, PARTS, "风扇", price="60")
    used = make(admin, USES, "一", part=pump)
    assert change(admin, used, part=fan)["price"] == "60.00"
    assert change(admin, used, part=pump, price="99")["price"] == "99.00"
    # Nothing is copied by a change of something else, nor by a reference that is emptied.
    assert change(admin, used, name="改")["price"] == "99.00"
    assert change(admin, used, part=None)["price"] == "99.00"


def test_what_was_copied_stays_when_the_other_record_changes(pump: str, admin: Caller) -> None:
    used = make(admin, USES, "一", part=pump)
    answer = admin.send("PATCH", f"{PARTS}/{pump}", {"values": {"price": "150"}}, version=1)
    assert answer.status_code == 200
    assert values(admin, used)["price"] == "120.00"


def test_a_field_that_is_not_on_the_form_takes_nothing(pump: str, admin: Caller) -> None:
    used = make(admin, USES, "一", part=pump)
    assert values(admin, used)["refund"] is None
    assert values(admin, make(admin, USES, "二", part=pump, paid=True))["refund"] == "120.00"
    fan = make(admin, PARTS, "风扇", price="60")
    assert change(admin, used, part=fan)["refund"] is None
    assert change(admin, used, part=pump, paid=True)["refund"] == "120.00"


def test_nobody_copies_what_is_kept_from_them(
    pump: str, agent: Caller, admin: Caller, office: Office
) -> None:
    mine = str(office.people["agent"].user_id)
    part = make(admin, PARTS, "阀", price="9", cost="5", owner=mine)
    used = make(agent, USES, "一", part=part, owner=mine)
    assert values(admin, used)["price"] == "9.00"
    assert values(admin, used)["cost"] is None
    assert values(admin, make(admin, USES, "二", part=pump))["cost"] == "80.00"


def test_a_masked_number_stays_masked(
    shop: Firm, agent: Caller, admin: Caller, office: Office
) -> None:
    mine = str(office.people["agent"].user_id)
    part = make(admin, PARTS, "阀", price="9", seller="13800000001", owner=mine)
    used = make(agent, USES, "一", part=part, owner=mine)
    assert values(agent, used)["seller"] == "138 **** 0001"
    assert values(admin, used)["seller"] == "13800000001"


def test_a_line_of_a_file_copies_what_it_does_not_say(
    pump: str, admin: Caller, worker: Worker
) -> None:
    importer = Importer(admin, worker, "use")
    one = importer.whole([["name", "part"], ["一", "水泵"], ["二", "水泵"]])
    assert (one["counts"]["created"], one["faults"]) == (2, [])
    assert [each["values"]["price"] for each in importer.records()] == ["120.00", "120.00"]


def test_many_at_once_copy_too(
    pump: str, database: Database, office: Office, clock: ManualClock
) -> None:
    rows = [NewRow({"name": f"第{place}", "part": pump}, clock.now()) for place in range(3)]
    with database.begin(office.scope()) as session:
        records = Records(means(clock))
        ids = records.load(session, "use", rows)
        found = [records.read(session, "use", each)["values"]["price"] for each in ids]
    assert found == ["120.00"] * 3


def test_the_page_is_told_what_it_may_do_itself(shop: Firm, admin: Caller) -> None:
    fields = {field["key"]: field for field in admin.get("/objects/use").json["fields"]}
    assert fields["price"]["copied"] == {"by": "part", "field": "price"}
    assert fields["part"]["copied"] is None


@pytest.mark.parametrize(
    "settings",
    [copied("price", "nothing"), copied("price", "name"), copied("nothing"), copied("seller")],
)
def test_what_cannot_be_copied_is_a_problem_of_the_draft(
    parts: Firm, pumps: Shaping, settings: dict[str, Any]
) -> None:
    reference = a_field("part", "reference", settings={"reference": {"object": "part"}})
    answer = pumps.fields(reference, a_field("price", "money", settings=settings))
    assert [problem["path"] for problem in answer["problems"]] == ["price.copied"]


def test_a_role_would_see_what_is_kept_from_it(parts: Firm, pumps: Shaping) -> None:
    reference = a_field("part", "reference", settings={"reference": {"object": "part"}})
    clear, kept = ({}, {"rights": {"agent": "mask"}})
    answer = pumps.fields(reference, a_field("cost", "money", settings=copied("cost"), **kept))
    assert answer["problems"] == []
    answer = pumps.fields(reference, a_field("cost", "money", settings=copied("cost"), **clear))
    assert [problem["path"] for problem in answer["problems"]] == ["cost.copied"]
