"""Templates over HTTP: kept, listed, changed, deleted, by designers and in their own enterprise."""

from typing import Any

import pytest
from sqlalchemy import select

from callcenter.core.audit import AuditEntry
from callcenter.core.db import Database
from tests.integration.objects.firm import Firm
from tests.integration.objects.shaping import label
from tests.integration.objects.triggering import a_client, a_job, a_trigger
from tests.integration.templates.making import TEMPLATES, a_body, a_template
from tests.support.office import Caller, Door, Office

pytestmark = pytest.mark.integration


def test_a_template_is_made_read_and_listed(conf: Caller) -> None:
    made = a_template(conf, text="您好，{{ record.name }}", object="customer", output="html")
    assert conf.get(f"{TEMPLATES}/letter").json == made
    assert (made["object"], made["output"], made["active"]) == ("customer", "html", True)
    assert made["changed_by"]["name"] == "配置员"
    (listed,) = conf.get(TEMPLATES).json["items"]
    assert listed == {key: value for key, value in made.items() if key != "text"}


def test_the_list_is_searched_filtered_sorted_and_paged(conf: Caller) -> None:
    a_template(conf, "one", object="customer")
    a_template(conf, "two", active=False)
    a_template(conf, "three", object="work_order", name=label("派工单", "Dispatch"))

    def keys(**query: Any) -> list[str]:
        answer = conf.get(TEMPLATES, **query)
        assert answer.status_code == 200, answer.json
        return [each["key"] for each in answer.json["items"]]

    assert keys() == ["one", "three", "two"]
    assert keys(q="派工") == ["three"]
    assert keys(q="dispatch") == ["three"]
    assert keys(q="tw") == ["two"]
    assert keys(object="customer") == ["one", "two"]
    assert keys(active="false") == ["two"]
    assert keys(sort="-key") == ["two", "three", "one"]
    assert keys(page_size=2, page=2) == ["two"]
    assert conf.get(TEMPLATES, page_size=2).json["total"] == 3
    assert conf.get(TEMPLATES, sort="text").status_code == 422


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (a_body("Letter"), "key"),
        (a_body("taken"), "key"),
        (a_body(object="nothing"), "object"),
        (a_body(output="pdf"), "output"),
        (a_body(name={"en": "A"}), "name"),
        (a_body(text="a" * 65_537), "text"),
        (a_body(colour="red"), "colour"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(conf: Caller, body: Any, field: str) -> None:
    a_template(conf, "taken")
    refused = conf.post(TEMPLATES, body)
    assert (refused.status_code, [*refused.json["error"]["fields"]]) == (422, [field])
    assert conf.get(TEMPLATES).json["total"] == 1


def test_who_saves_over_somebody_else_is_refused(conf: Caller) -> None:
    stale = a_template(conf)["version"]
    path = f"{TEMPLATES}/letter"
    changed = conf.send("PATCH", path, {"text": "新"}, version=stale)
    assert (changed.status_code, changed.json["text"]) == (200, "新")
    assert changed.json["name"] == label("受理回执", "Receipt")
    assert conf.send("PATCH", path, {"text": "旧"}, version=stale).status_code == 412
    assert conf.send("PATCH", path, {"text": "旧"}).status_code == 428
    assert conf.send("DELETE", path, version=stale).status_code == 412
    assert conf.get(path).json["text"] == "新"


def test_every_act_is_in_the_audit_log(conf: Caller, database: Database, office: Office) -> None:
    version = a_template(conf, text="一")["version"]
    path = f"{TEMPLATES}/letter"
    version = conf.send("PATCH", path, {"text": "二"}, version=version).json["version"]
    assert conf.send("DELETE", path, version=version).status_code == 204
    assert conf.get(path).status_code == 404
    with database.begin(office.scope()) as session:
        query = select(AuditEntry).where(AuditEntry.entity == "template").order_by(AuditEntry.id)
        entries = [*session.scalars(query)]
    assert [entry.action for entry in entries] == [
        "template.create", "template.change", "template.delete",
    ]  # fmt: skip
    assert {(entry.actor_code, entry.entity_name) for entry in entries} == {("conf", "letter")}
    assert (entries[1].before, entries[1].after) == ({"text": "一"}, {"text": "二"})


def test_only_designers_have_to_do_with_them(
    conf: Caller, admin: Caller, agent: Caller, leader: Caller
) -> None:
    version = a_template(conf)["version"]
    for caller in (admin, agent, leader):
        assert caller.get(TEMPLATES).status_code == 403
        assert caller.get(f"{TEMPLATES}/letter").status_code == 403
        assert caller.post(TEMPLATES, a_body("mine")).status_code == 403
        assert caller.post(f"{TEMPLATES}/preview", {"text": "1"}).status_code == 403
        path = f"{TEMPLATES}/letter"
        assert caller.send("PATCH", path, {"text": "x"}, version=version).status_code == 403
        assert caller.send("DELETE", path, version=version).status_code == 403


def test_another_enterprises_template_does_not_exist(
    conf: Caller, door: Door, other: Office
) -> None:
    version = a_template(conf)["version"]
    theirs = door.open(other.people["conf"])
    path = f"{TEMPLATES}/letter"
    assert theirs.get(path).status_code == 404
    assert theirs.send("PATCH", path, {"text": "x"}, version=version).status_code == 404
    assert theirs.send("DELETE", path, version=version).status_code == 404
    assert theirs.get(TEMPLATES).json["total"] == 0
    a_template(theirs, text="他们的")
    assert conf.get(path).json["text"] == "您好"


def test_what_a_trigger_names_is_not_deleted(firm: Firm, conf: Caller) -> None:
    version = a_template(conf)["version"]
    action = {"do": "template", "template": "letter", "field": "result"}
    firm.keeps(a_client(), a_job(a_trigger("write", action, when="after")))
    assert conf.get(f"{TEMPLATES}/letter").json["used_by"] == ["job"]
    refused = conf.send("DELETE", f"{TEMPLATES}/letter", version=version)
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "in-use")
