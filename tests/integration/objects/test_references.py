"""A record shows what others are called; however many objects it refers to, it asks for them at once."""

from typing import Any

import pytest

from callcenter.core.clock import ManualClock
from callcenter.core.db import Database
from callcenter.objects.service import NewRow
from tests.integration.objects.cached import asked, records
from tests.integration.objects.firm import Firm, a_document, clients, make
from tests.integration.objects.shaping import a_field
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration

DEPOTS, TARIFFS, JOBS = (f"/objects/{name}/records" for name in ("depot", "tariff", "job"))


def a_job() -> dict[str, Any]:
    return a_document(
        "job",
        "work_order",
        [
            a_field(name, "reference", settings={"reference": {"object": name}})
            for name in ("client", "depot", "tariff")
        ],
    )


@pytest.fixture
def job(firm: Firm, admin: Caller) -> str:
    """Of a client, out of a depot, by a tariff that is called by its number."""
    tariff = a_document("tariff", "base", [a_field("level", "integer")])
    firm.keeps(
        clients(), a_document("depot", "base", []), tariff | {"title_field": "level"}, a_job()
    )
    given = {
        "client": make(admin, "/objects/client/records", "王芳"),
        "depot": make(admin, DEPOTS, "城南"),
        "tariff": make(admin, TARIFFS, "普通", level=12),
    }
    return make(admin, JOBS, "换锁", **given)


def test_names_of_any_type_stand_beside_the_ids(job: str, admin: Caller) -> None:
    shown = admin.get(f"{JOBS}/{job}").json["display"]
    assert {name: shown[name] for name in ("client", "depot", "tariff")} == {
        "client": "王芳", "depot": "城南", "tariff": "12",
    }  # fmt: skip


def test_names_of_one_type_are_asked_for_by_one_statement(
    job: str, admin: Caller, database: Database, office: Office
) -> None:
    with (
        asked(database, office, "client") as of_clients,
        asked(database, office, "depot") as depots,
    ):
        admin.get(f"{JOBS}/{job}")
    assert len(of_clients) == 1
    assert of_clients == depots


def test_each_name_is_of_its_own_record_in_a_list(job: str, admin: Caller) -> None:
    other = make(admin, DEPOTS, "城北")
    make(admin, JOBS, "开锁", depot=other)
    page = admin.get(JOBS).json["items"]
    assert {each["title"]: each["display"].get("depot") for each in page} == {
        "换锁": "城南", "开锁": "城北",
    }  # fmt: skip


def test_what_was_deleted_says_so_beside_what_is_there(job: str, admin: Caller) -> None:
    depot = admin.get(f"{JOBS}/{job}").json["values"]["depot"]
    assert admin.send("DELETE", f"{DEPOTS}/{depot}", version=1).status_code == 204
    shown = admin.get(f"{JOBS}/{job}").json["display"]
    assert shown["client"] == "王芳"
    assert shown["depot"] == "城南（已删除）"


def test_what_many_new_records_refer_to_is_looked_for_once(
    job: str, admin: Caller, database: Database, office: Office, clock: ManualClock
) -> None:
    client = admin.get(f"{JOBS}/{job}").json["values"]["client"]
    rows = [NewRow({"name": f"第{n}单", "client": client}, clock.now()) for n in range(5)]
    with (
        database.begin(office.scope("admin")) as session,
        asked(database, office, "client") as heard,
    ):
        assert len(records(None, clock).load(session, "job", rows)) == 5
    assert len(heard) == 1
