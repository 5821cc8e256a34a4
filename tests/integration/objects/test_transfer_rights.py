"""Files are no way around anybody's rights: neither whose records, nor which fields."""

from typing import Any

import pytest

from tests.integration.objects.files import Importer, Worker, csv_of
from tests.integration.objects.firm import CLIENTS, RIGHTS, Firm, clients, jobs, make
from tests.integration.objects.shaping import a_field
from tests.support.office import Caller, Office

pytestmark = pytest.mark.integration

EXPORTS = "/objects/client/exports"
PERMISSIONS = {
    **RIGHTS,
    "edit": {"agent": "own", "leader": "own", "admin": "all", "conf": "own"},
    "import": {"admin": "all", "conf": "all"},
    "export": {"leader": "team", "admin": "all", "conf": "all"},
}


def exported(caller: Caller, worker: Worker, *columns: str) -> list[list[Any]]:
    answer = caller.post(EXPORTS, {"format": "csv", "columns": [*columns]})
    assert answer.status_code == 202, answer.json
    worker.work(answer.json["id"])
    return worker.fetched(caller.get(f"{EXPORTS}/{answer.json['id']}/file"))[1][1:]


@pytest.mark.parametrize(("reach", "names"), [("team", {"甲", "丙"}), ("own", {"丙"})])
def test_no_more_goes_out_than_the_act_reaches(
    firm: Firm,
    agent: Caller,
    outsider: Caller,
    leader: Caller,
    worker: Worker,
    reach: str,
    names: set[str],
) -> None:
    firm.keeps(clients(permissions={**PERMISSIONS, "export": {"leader": reach}}))
    for caller, name in ((agent, "甲"), (outsider, "乙"), (leader, "丙")):
        make(caller, CLIENTS, name)
    assert {row[0] for row in exported(leader, worker, "name")} == names


SECRETS = [
    a_field("hidden", rights={"conf": "hide"}),
    a_field("veiled", rights={"conf": "mask"}),
    a_field("code", unique=True, rights={"conf": "mask"}),
    a_field("fixed", rights={"conf": "read"}),
]


@pytest.fixture
def blind(firm: Firm, admin: Caller, conf: Caller, worker: Worker) -> Importer:
    """The configuration administrator, from whom some of it is kept."""
    firm.keeps(clients(*SECRETS, permissions=PERMISSIONS))
    values = {"hidden": "暗", "veiled": "面纱", "code": "C-1", "fixed": "定"}
    make(admin, CLIENTS, "甲", **values)
    return Importer(conf, worker, "client")


def test_what_is_hidden_or_veiled_stays_so_in_a_file(blind: Importer, worker: Worker) -> None:
    conf = blind.caller
    refused = conf.post(EXPORTS, {"format": "csv", "columns": ["name", "hidden"]})
    assert list(refused.json["error"]["fields"]) == ["columns.hidden"]
    (row,) = exported(conf, worker, "name", "veiled", "code", "fixed")
    assert (row[0], row[3]) == ("甲", "定")
    assert "面纱" not in row
    assert "C-1" not in row


def test_a_column_becomes_only_what_its_maker_may_write(blind: Importer) -> None:
    one = blind.uploaded(csv_of([["name", "hidden", "veiled", "code", "fixed"], ["乙", *"1234"]]))
    assert one["targets"] == ["name", "owner", "crew", "phone"]
    assert [column["field"] for column in one["columns"]] == ["name", None, None, None, None]
    for key in ("hidden", "veiled", "code", "fixed"):
        wish = blind.wish(one, columns=["name", key, None, None, None], mode="create", match=None)
        answer = blind.caller.post(f"{blind.path}/{one['id']}/trial", wish)
        assert list(answer.json["error"]["fields"]) == ["columns.1"], key


def test_records_are_not_found_by_what_is_kept_from_their_finder(blind: Importer) -> None:
    one = blind.uploaded(csv_of([["code", "name"], ["C-1", "乙"]]))
    assert one["matches"] == ["name", "phone"]
    wish = blind.wish(one, columns=["code", "name"], mode="update", match="code")
    answer = blind.caller.post(f"{blind.path}/{one['id']}/trial", wish)
    assert "match" in answer.json["error"]["fields"]


def test_another_persons_record_is_not_changed_by_a_file(
    firm: Firm, admin: Caller, conf: Caller, worker: Worker
) -> None:
    firm.keeps(clients(permissions=PERMISSIONS))
    make(admin, CLIENTS, "甲", phone="13800000001")
    make(conf, CLIENTS, "乙", phone="13800000002")
    rows = [["name", "phone"], ["甲", "13900000001"], ["乙", "13900000002"]]
    one = Importer(conf, worker, "client").whole(rows, mode="update", match="name")
    assert (one["counts"]["updated"], one["counts"]["failed"]) == (1, 1)
    assert [(f["line"], f["message"]) for f in one["faults"]] == [(2, "您不能修改这条记录。")]


def test_a_record_out_of_reach_is_neither_found_nor_referred_to(
    firm: Firm, admin: Caller, conf: Caller, worker: Worker
) -> None:
    own = {**PERMISSIONS, "read": {**RIGHTS["read"], "conf": "own"}, "export": {}}
    firm.keeps(clients(permissions=own), jobs(permissions={**PERMISSIONS, "export": {}}))
    make(admin, CLIENTS, "甲")
    make(conf, CLIENTS, "乙")
    found = Importer(conf, worker, "client").whole(
        [["name", "phone"], ["甲", "13900000001"], ["乙", "13900000002"]],
        mode="update", match="name",
    )  # fmt: skip
    assert [(f["line"], f["message"]) for f in found["faults"]] == [(2, "没有匹配的记录。")]
    rows = [["name", "customer"], ["一", "甲"], ["二", "乙"]]
    referred = Importer(conf, worker, "job").whole(rows, mode="create", match=None)
    assert [(f["line"], f["field"]) for f in referred["faults"]] == [(2, "customer")]


def test_who_may_not_change_records_imports_new_ones_alone(
    firm: Firm, conf: Caller, worker: Worker, office: Office
) -> None:
    edits = {"admin": "all"}
    firm.keeps(clients(permissions={**PERMISSIONS, "edit": edits}))
    importer = Importer(conf, worker, "client")
    one = importer.uploaded(csv_of([["name", "phone"], ["甲", "13900000001"]]))
    for mode, status in (("update", 403), ("both", 403), ("create", 202)):
        match = None if mode == "create" else "name"
        wish = importer.wish(one, mode=mode, match=match)
        answer = importer.caller.post(f"{importer.path}/{one['id']}/trial", wish)
        assert answer.status_code == status, mode
