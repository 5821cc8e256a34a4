"""What somebody asked for is found again: by nobody else, for some days, with what came of it."""

from typing import Any

import pytest

from callcenter.core.clock import ManualClock
from callcenter.core.jobs import JobState
from callcenter.objects.service.own_jobs import SHOWN
from callcenter.objects.service.transfer import exporting
from tests.integration.objects.files import Importer, Worker, csv_of
from tests.integration.objects.test_exports import asked
from tests.integration.objects.test_records import make_customer
from tests.support.office import Caller

pytestmark = pytest.mark.integration


def jobs(caller: Caller) -> list[dict[str, Any]]:
    answer = caller.get("/jobs")
    assert answer.status_code == 200, answer.json
    found: list[dict[str, Any]] = answer.json["items"]
    return found


def test_an_export_is_found_again_with_its_file(admin: Caller, worker: Worker) -> None:
    make_customer(admin)
    one = asked(admin)
    (waiting,) = jobs(admin)
    assert (waiting["what"], waiting["state"], waiting["cancellable"]) == ("export", "queued", True)
    worker.work(one["id"])
    (done,) = jobs(admin)
    assert (done["state"], done["done"], done["total"], done["cancellable"]) == (
        "done",
        1,
        1,
        False,
    )
    assert (done["object"]["identifier"], done["object"]["name"]["en"]) == ("customer", "Customer")
    assert (done["name"], done["transfer_id"], done["problem"]) == (one["name"], one["id"], None)


def test_nobody_finds_or_ends_what_another_asked_for(
    admin: Caller, leader: Caller, stranger: Caller
) -> None:
    asked(admin)
    (job,) = jobs(admin)
    for other in (leader, stranger):
        assert jobs(other) == []
        assert other.post(f"/jobs/{job['id']}/cancel").status_code == 404
    assert jobs(admin)[0]["state"] == "queued"


def test_an_import_is_told_by_its_trial_and_its_run(admin: Caller, importer: Importer) -> None:
    lines = [["姓名", "本机号码"], ["甲", "13800000001"], ["乙", "no number"]]
    one = importer.uploaded(csv_of(lines), "名单.csv")
    importer.tried(one)
    importer.ran(one)
    told = [(job["what"], job["name"], job["failed"]) for job in jobs(admin)]
    assert sorted(told) == [("import", "名单.csv", 1), ("import_trial", "名单.csv", 1)]


def test_the_newest_stand_first_a_page_at_a_time(admin: Caller, clock: ManualClock) -> None:
    for _ in range(3):
        asked(admin)
        clock.advance(1)
    first = admin.get("/jobs", page_size=2).json
    rest = admin.get("/jobs", page_size=2, page=2).json
    moments = [job["made_at"] for job in (*first["items"], *rest["items"])]
    assert (first["total"], moments) == (3, sorted(moments, reverse=True))


def test_called_off_it_ends(admin: Caller, worker: Worker) -> None:
    one = asked(admin)
    (job,) = jobs(admin)
    assert admin.post(f"/jobs/{job['id']}/cancel").json["state"] == "cancelled"
    assert worker.work(one["id"]) == JobState.CANCELLED
    assert admin.post(f"/jobs/{job['id']}/cancel").status_code == 409


def test_a_failure_says_why(
    admin: Caller, worker: Worker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    one = asked(admin)
    with monkeypatch.context() as broken:
        broken.setattr(exporting, "write_sheet", None)
        assert worker.work(one["id"]) == JobState.FAILED
    (job,) = jobs(admin)
    assert job["state"] == "failed"
    assert "TypeError" not in job["problem"]
    assert job["problem"]


def test_what_it_was_is_told_when_its_file_is_gone(
    admin: Caller, worker: Worker, clock: ManualClock
) -> None:
    one = asked(admin)
    worker.work(one["id"])
    assert admin.send("DELETE", f"/objects/customer/exports/{one['id']}").status_code == 204
    (job,) = jobs(admin)
    assert (job["name"], job["object"]["identifier"]) == (one["name"], "customer")
    assert job["transfer_id"] is None
    clock.advance(SHOWN.total_seconds() + 1)
    assert jobs(admin) == []
