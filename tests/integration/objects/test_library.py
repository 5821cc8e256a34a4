"""Ready settings: those of the product, and the enterprise's own that are kept, renamed and let go."""

from typing import Any

import pytest

from tests.integration.objects.shaping import a_field, label
from tests.integration.objects.triggering import a_trigger, put, value
from tests.support.office import Caller, Door, Office

pytestmark = pytest.mark.integration

LIBRARY = "/design/library"
GRADE = a_field("grade", "choice", rights={"agent": "hide"}, in_list=True, settings={
    "options": [{"value": "a", "label": label("甲")}],
})  # fmt: skip


def kept(conf: Caller, content: dict[str, Any] = GRADE, name: str = "等级") -> Any:
    return conf.post(LIBRARY, {"name": label(name), "content": content})


def own(conf: Caller) -> list[dict[str, Any]]:
    return [each for each in conf.get(LIBRARY).json if each["own"]]


def test_a_field_is_kept_without_what_holds_for_its_object_alone(conf: Caller) -> None:
    copying = GRADE["settings"] | {"copied": {"by": "part", "field": "grade"}}
    answer = kept(conf, GRADE | {"settings": copying})
    assert answer.status_code == 201, answer.json
    content = answer.json["content"]
    assert (content["type"], content["settings"]) == ("choice", GRADE["settings"])
    assert not {"rights", "in_list"} & content.keys()
    listed = conf.get(LIBRARY).json
    assert listed[0] == answer.json
    assert {"mobile", "identity_card", "priority"} <= {each["key"] for each in listed[1:]}


def test_a_trigger_is_kept_and_offered_beside_those_of_the_product(conf: Caller) -> None:
    trigger = a_trigger("calm", put(grade=value("a")), active=False)
    answer = conf.post(LIBRARY, {"kind": "trigger", "name": label("定级"), "content": trigger})
    assert answer.status_code == 201, answer.json
    assert "active" not in answer.json["content"]
    listed = conf.get(LIBRARY, kind="trigger").json
    assert listed[0] == answer.json
    assert {"result_when_done", "urgent_to_leader"} <= {each["key"] for each in listed[1:]}
    assert {each["kind"] for each in conf.get(LIBRARY).json} == {"field"}
    for wrong in (GRADE, {**trigger, "when": "never"}, {**trigger, "actions": [{"do": "magic"}]}):
        body = {"kind": "trigger", "name": label("x"), "content": wrong}
        assert conf.post(LIBRARY, body).json["error"]["fields"].keys() == {"content"}
    carried = conf.get("/configuration/file").json["library"]
    assert [(each["kind"], each["key"]) for each in carried] == [("trigger", answer.json["key"])]


def test_it_is_renamed_and_deleted_by_who_has_read_it(conf: Caller) -> None:
    made = kept(conf).json
    path = f"{LIBRARY}/{made['key']}"
    answer = conf.send("PATCH", path, {"name": label("级别")}, version=made["version"])
    assert answer.json["name"] == label("级别")
    assert conf.send("DELETE", path, version=made["version"]).status_code == 412
    assert conf.send("DELETE", path, version=answer.json["version"]).status_code == 204
    assert own(conf) == []


def test_what_is_no_field_is_refused(conf: Caller) -> None:
    for wrong in ({}, {"key": "x"}, {**GRADE, "type": "magic"}, {**GRADE, "owner": "root"}):
        answer = kept(conf, wrong)
        assert (answer.status_code, [*answer.json["error"]["fields"]]) == (422, ["content"])


def test_what_comes_with_the_product_stays(conf: Caller) -> None:
    assert conf.send("DELETE", f"{LIBRARY}/mobile", version=0).status_code == 404


def test_only_those_who_shape_objects_see_it(
    agent: Caller, conf: Caller, door: Door, other: Office
) -> None:
    made = kept(conf).json
    assert agent.get(LIBRARY).status_code == 403
    stranger = door.open(other.people["conf"])
    assert stranger.get(LIBRARY).json[0]["own"] is False
    assert stranger.send("DELETE", f"{LIBRARY}/{made['key']}", version=1).status_code == 404
    assert len(own(conf)) == 1


def test_it_goes_along_with_a_configuration(conf: Caller) -> None:
    made = kept(conf).json
    document = conf.get("/configuration/file").json
    assert [each["key"] for each in document["library"]] == [made["key"]]
    conf.send("DELETE", f"{LIBRARY}/{made['key']}", version=1)
    trial = conf.post("/configuration/trial", {"document": document}).json
    assert trial["problems"] == []
    states = {item["key"]: item["state"] for item in trial["items"] if item["part"] == "library"}
    assert states == {made["key"]: "new"}
    answer = conf.post("/configuration/import", {"document": document, "take": {
        "library": [made["key"]],
    }})  # fmt: skip
    assert answer.status_code == 200, answer.json
    assert own(conf)[0]["content"] == made["content"]
