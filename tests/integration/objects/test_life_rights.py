"""What is kept from a role is kept from it in history, hints, bin and merge as well."""

import pytest

from tests.integration.objects.firm import CLIENTS, Firm, clients, make
from tests.integration.objects.shaping import a_field
from tests.support.office import CSRF, Caller

pytestmark = pytest.mark.integration

ALL = dict.fromkeys(("agent", "leader", "admin", "conf"), "all")
OPEN = {**dict.fromkeys(("create", "read", "edit", "delete"), ALL)}
OWN = {**OPEN, "edit": {"leader": "own", "admin": "all"}, "delete": {"admin": "own"}}
BIN = "/objects/client/recycle-bin"
FIELDS = [
    a_field("secret", searched=True, rights={"conf": "hide"}),
    a_field("maker", searched=True, rights={"conf": "mask"}),
    a_field("grade", indexed=True, rights={"conf": "read"}),
]
RULES = [{"fields": [key], "how": "exact"} for key in ("secret", "maker", "grade")]


def kept(firm: Firm, permissions: dict = OPEN) -> None:
    firm.keeps(clients(*FIELDS, permissions=permissions, duplicates=RULES))


def record(caller: Caller, record_id: str) -> dict:
    return caller.get(f"{CLIENTS}/{record_id}").json


def merge(caller: Caller, kept_id: str, other_id: str, **values: str):
    body = {"others": [{"id": other_id, "version": 1}], "values": values}
    return caller.post(f"{CLIENTS}/{kept_id}/merge", body, version=1)


def test_a_change_of_what_is_hidden_is_no_line_of_the_history(
    firm: Firm, admin: Caller, conf: Caller
) -> None:
    kept(firm)
    path = f"{CLIENTS}/{make(admin, CLIENTS, '甲', secret='旧')}"
    admin.send("PATCH", path, {"values": {"secret": "新"}}, version=1)
    assert admin.get(f"{path}/log").json["total"] == 2
    log = conf.get(f"{path}/log")
    assert (log.json["total"], len(log.json["items"])) == (1, 1)
    assert "旧" not in log.get_data(as_text=True)
    assert conf.get(f"{path}/log", field="secret").status_code == 422


def test_a_hint_tells_nothing_by_what_a_role_does_not_see(
    firm: Firm, admin: Caller, conf: Caller
) -> None:
    kept(firm)
    make(admin, CLIENTS, "甲", secret="机密", maker="威乐", grade="A")
    alike = "/objects/client/duplicates"
    assert len(admin.get(alike, **{"f.secret": "机密"}).json) == 1
    assert conf.get(alike, **{"f.secret": "机密"}).status_code == 422
    assert conf.get(alike, **{"f.maker": "威乐"}).status_code == 422
    assert len(conf.get(alike, **{"f.grade": "A"}).json) == 1
    rules = conf.get("/objects/client").json["duplicates"]
    assert [rule["fields"] for rule in rules] == [["grade"]]


def test_the_bin_holds_what_a_role_reaches_and_shows_what_it_sees(
    firm: Firm, admin: Caller, conf: Caller
) -> None:
    kept(firm)
    path = f"{CLIENTS}/{make(admin, CLIENTS, '甲', secret='机密')}"
    admin.send("DELETE", path, version=1)
    listed = conf.get(BIN)
    assert listed.json["total"] == 1
    assert "机密" not in listed.get_data(as_text=True)
    assert conf.get(BIN, q="机密").json["total"] == 0
    assert admin.get(BIN, q="机密").json["total"] == 1


def test_what_is_not_ones_own_is_not_in_ones_bin(firm: Firm, conf: Caller, admin: Caller) -> None:
    kept(firm, {**OPEN, "delete": {"conf": "own", "admin": "own"}})
    theirs, mine = make(conf, CLIENTS, "甲"), make(admin, CLIENTS, "乙")
    for caller, one in ((conf, theirs), (admin, mine)):
        assert caller.send("DELETE", f"{CLIENTS}/{one}", version=1).status_code == 204
    assert [one["title"] for one in admin.get(BIN).json["items"]] == ["乙"]
    assert admin.post(f"{BIN}/{theirs}/restore", version=2).status_code == 404
    assert admin.send("DELETE", f"{BIN}/{theirs}", version=2).status_code == 404
    assert admin.post(f"{BIN}/{mine}/restore", version=2).status_code == 200


def test_only_what_one_may_delete_becomes_part_of_another(
    firm: Firm, leader: Caller, admin: Caller
) -> None:
    kept(firm, OWN)
    theirs, mine = make(leader, CLIENTS, "甲"), make(admin, CLIENTS, "乙")
    assert merge(admin, mine, theirs).status_code == 403
    assert merge(admin, theirs, mine).status_code == 200


def test_no_value_is_chosen_for_a_field_that_is_not_ones_own(
    firm: Firm, admin: Caller, conf: Caller
) -> None:
    kept(firm)
    one, other = (make(admin, CLIENTS, n, secret=n, maker=n, grade=n) for n in "甲乙")
    for field in ("secret", "maker", "grade"):
        answer = merge(conf, one, other, **{field: other})
        assert list(answer.json["error"]["fields"]) == [f"values.{field}"]
    assert merge(conf, one, other).status_code == 200
    assert record(admin, one)["values"]["secret"] == "甲"


def test_a_file_is_attached_to_what_one_may_change(
    firm: Firm, leader: Caller, admin: Caller
) -> None:
    kept(firm, OWN)
    path = f"{CLIENTS}/{make(admin, CLIENTS, '甲')}/attachments"

    def attach(caller: Caller) -> int:
        headers = {"X-CSRF-Token": CSRF}
        return caller.client.post(
            f"/api/v1{path}?name=a.txt", data="x", headers=headers
        ).status_code

    assert (attach(leader), attach(admin)) == (403, 201)
    (file,) = leader.get(path).json["items"]
    assert file["may_delete"] is False
    assert leader.send("DELETE", f"{path}/{file['id']}").status_code == 403
