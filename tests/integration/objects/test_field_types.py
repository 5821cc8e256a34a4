"""Types that the shipped objects do not use, in a table of their own, over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import delete, text

from callcenter.core.audit import Audit
from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.core.tenant import Scope
from callcenter.objects.models import DataObject
from callcenter.objects.service import Installer, Versions
from callcenter.objects.tasks import Publisher
from tests.support.office import Caller, Office, Seeded

pytestmark = pytest.mark.integration

CONTRACTS = "/objects/contract/records"
CARD = "11010519491231002X"
GIVEN = {
    "name": "燃气热水器延保",
    "price": "1299.5",
    "visit_at": "09:30",
    "site": "https://example.cn/合同?id=7",
    "card": CARD,
}


def _field(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": {"zh-CN": key, "en": key}, **more}


def _document(*, columns: bool) -> dict[str, Any]:
    """columns: whether the fields lie in columns of their own, or in `extra`."""
    roles = dict.fromkeys(("agent", "leader", "admin"), "all")
    fields = [
        _field("name", "text", required=True),
        _field("price", "money", indexed=columns),
        _field("visit_at", "time", indexed=columns),
        _field("site", "url", indexed=columns),
        _field("card", "identity"),
    ]
    return {
        "identifier": "contract", "kind": "base", "name": {"zh-CN": "合同", "en": "Contract"},
        "key_field": "name", "title_field": "name",
        "groups": [{"key": "main", "label": {"zh-CN": "合同", "en": "Contract"}, "fields": fields}],
        "list": {"columns": ["name", "price"], "sort": "-created_at"},
        "permissions": dict.fromkeys(("create", "read", "edit"), roles),
    }  # fmt: skip


@pytest.fixture(params=[True, False], ids=["columns", "extra"])
def contracts(
    request: pytest.FixtureRequest,
    seeded: Seeded,
    database: Database,
    office: Office,
    clock: ManualClock,
) -> Iterator[None]:
    publisher = Publisher(seeded.owner, clock)
    installer = Installer(publisher, Versions(Audit(clock), clock), clock)
    with database.begin(Scope.platform()) as session:
        document = _document(columns=request.param)
        installer.publish(session, office.id, office.code, document)
    yield
    with database.begin(Scope.platform()) as session:
        session.execute(delete(DataObject).where(DataObject.identifier == "contract"))
    with seeded.owner.begin() as connection:
        connection.execute(text(f"DROP TABLE e{office.code}.contract"))


@pytest.fixture
def record(contracts: None, leader: Caller) -> dict[str, Any]:
    answer = leader.post(CONTRACTS, {"values": GIVEN})
    assert answer.status_code == 201, answer.json
    made: dict[str, Any] = answer.json
    return made


def test_values_come_back_as_they_were_given(leader: Caller, record: dict[str, Any]) -> None:
    read = leader.get(f"{CONTRACTS}/{record['id']}").json
    assert read["values"] == GIVEN | {"price": "1299.50"}
    assert read["display"]["price"] == "¥1,299.50"


def test_a_form_learns_the_sign_of_the_currency(leader: Caller, contracts: None) -> None:
    fields = {field["key"]: field for field in leader.get("/objects/contract").json["fields"]}
    assert (fields["price"]["sign"], fields["name"]["sign"]) == ("¥", None)


def test_each_wrong_value_is_named(agent: Caller, contracts: None) -> None:
    wrong = {
        "price": "viel", "visit_at": "25:00", "site": "javascript:alert(1)", "card": CARD[:-1] + "1",
    }  # fmt: skip
    answer = agent.post(CONTRACTS, {"values": {"name": "x", **wrong}})
    assert answer.status_code == 422
    assert set(answer.json["error"]["fields"]) == set(wrong)


def test_an_identity_number_is_masked_and_not_found_by_a_part(
    agent: Caller, leader: Caller, record: dict[str, Any]
) -> None:
    seen = agent.get(f"{CONTRACTS}/{record['id']}").json
    assert seen["values"]["card"] == seen["display"]["card"] == "110*************2X"
    assert "card" in seen["masked"]
    assert agent.get(CONTRACTS, q=CARD.lower()).json["total"] == 1
    assert agent.get(CONTRACTS, q=CARD[:-1]).json["total"] == 0
    assert leader.get(CONTRACTS, q=CARD[:-1]).json["total"] == 1
    assert agent.get(CONTRACTS, sort="card").status_code == 422
    assert agent.get(CONTRACTS, **{"f.card.from": CARD}).status_code == 422


def test_the_mask_sent_back_changes_nothing(
    agent: Caller, leader: Caller, record: dict[str, Any]
) -> None:
    seen = agent.get(f"{CONTRACTS}/{record['id']}").json
    values = seen["values"] | {"visit_at": "14:00"}
    answer = agent.send(
        "PATCH", f"{CONTRACTS}/{record['id']}", {"values": values}, version=seen["version"]
    )
    assert answer.status_code == 200, answer.json
    read = leader.get(f"{CONTRACTS}/{record['id']}").json
    assert (read["values"]["card"], read["values"]["visit_at"]) == (CARD, "14:00")


def test_the_logs_tell_no_whole_identity_number(
    agent: Caller, record: dict[str, Any], database: Database, office: Office
) -> None:
    log = agent.get(f"{CONTRACTS}/{record['id']}/log").json["items"]
    assert CARD not in str(log)
    with database.begin(office.scope()) as session:
        audited = session.execute(text("SELECT after FROM audit_entry")).scalars().all()
    assert CARD not in str(audited)
    assert "110*************2X" in str(audited)
