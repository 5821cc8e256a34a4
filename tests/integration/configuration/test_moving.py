"""A configuration leaves one enterprise as a file and comes into another: tried first, then taken."""

from typing import Any

import pytest

from tests.integration.configuration.conftest import Desk, field_of, object_of
from tests.support.firms import Firm

pytestmark = pytest.mark.integration


def without_head(document: dict[str, Any]) -> dict[str, Any]:
    return {part: value for part, value in document.items() if part not in ("name", "description")}


# -- out and in ------------------------------------------------------------------------------------


def test_a_configuration_comes_back_as_it_went(desk: Desk, elsewhere: Desk) -> None:
    document = elsewhere.export()
    assert document["name"]["en"] == f"企业 {elsewhere.firm.code}"
    outcomes = desk.take(document, publish=True)
    assert outcomes["objects.order_part"] == "published"
    assert outcomes["codes.fault"] == "added"
    assert without_head(desk.export()) == without_head(document)


def with_a_letter(document: dict[str, Any]) -> dict[str, Any]:
    """A template about an object that comes along, and a trigger of that object which names it."""
    said = {"zh-CN": "受理回执", "en": "Receipt"}
    document["templates"] = [
        {
            "key": "letter", "name": said, "object": "appliance", "output": "text",
            "text": "{{ record.name }}", "active": True,
        }
    ]  # fmt: skip
    action = {"do": "template", "template": "letter", "field": "note"}
    note = {"key": "note", "type": "long_text", "label": {"zh-CN": "说明", "en": "Note"}}
    appliance = object_of(document, "appliance")
    appliance["groups"][0]["fields"].append(note)
    appliance["triggers"] = [
        {"key": "write", "name": said, "on": ["create"], "when": "after", "actions": [action]}
    ]
    return document


def test_a_template_comes_with_the_object_whose_trigger_names_it(desk: Desk) -> None:
    document = with_a_letter(desk.ready("after_sales"))
    outcomes = desk.take(document, publish=True)
    assert outcomes["templates.letter"] == "added"
    assert outcomes["objects.appliance"] == "published"
    assert desk.conf.get("/templates/letter").json["used_by"] == ["appliance"]
    assert desk.export()["templates"] == document["templates"]
    document["templates"][0]["text"] = "新"
    (letter,) = [item for item in desk.trial(document)["items"] if item["part"] == "templates"]
    assert [(d["attribute"], d["after"]) for d in letter["details"]] == [("text", "新")]
    assert desk.take(document) == {"templates.letter": "changed"}
    assert desk.conf.get("/templates/letter").json["text"] == "新"


def test_a_trigger_does_not_come_without_its_template(desk: Desk) -> None:
    document = with_a_letter(desk.ready("after_sales"))
    objects = [each["identifier"] for each in document["objects"]]
    codes = [each["key"] for each in document["codes"]]
    refused = desk.send(document, take={"objects": objects, "codes": codes}, publish=True)
    assert refused.status_code == 422
    assert [*refused.json["error"]["fields"]] == ["objects.appliance.triggers.0.actions.0.template"]


def test_a_file_names_no_person_and_no_place_of_values(elsewhere: Desk) -> None:
    text = str(elsewhere.export())
    assert "'storage'" not in text
    assert elsewhere.firm.code not in str(without_head(elsewhere.export()))


def test_a_repeat_changes_nothing(desk: Desk) -> None:
    document = desk.ready("hotline")
    desk.take(document, publish=True)
    before = desk.conf.get("/design/objects/work_order").json["number"]
    assert set(desk.states(document).values()) == {"same"}
    assert desk.take(document, publish=True) == {}
    assert desk.conf.get("/design/objects/work_order").json["number"] == before
    assert desk.conf.get("/audit", action="configuration.import").json["total"] == 1


def test_a_trial_tells_what_is_new_and_what_becomes_otherwise(elsewhere: Desk) -> None:
    document = elsewhere.export()
    document["objects"].append(elsewhere.ready("hotline")["objects"][1] | {"identifier": "depot"})
    object_of(document, "depot")["groups"][0]["fields"] = [
        field for field in object_of(document, "depot")["groups"][0]["fields"]
        if field["key"] not in ("parent", "district")
    ]  # fmt: skip
    object_of(document, "depot")["list"]["columns"] = ["code", "name"]
    field_of(document, "part", "name")["label"]["en"] = "Part name"
    field_of(document, "part", "name")["indexed"] = True
    document["codes"][0]["items"][0]["label"]["en"] = "Air conditioning"
    document["codes"][0]["items"].append({"value": "x", "label": {"zh-CN": "新", "en": "New one"}})
    document["dispositions"][0]["label"]["en"] = "Broken"
    document["quality_forms"][0]["fatal"].pop()
    told = elsewhere.trial(document)
    items = {f"{each['part']}.{each['key']}": each for each in told["items"]}
    changed = {key for key, each in items.items() if each["state"] == "changed"}
    table = document["codes"][0]["key"]
    assert changed == {
        "objects.part", f"codes.{table}", f"dispositions.{document['dispositions'][0]['code']}",
        "quality_forms.after_sales",
    }  # fmt: skip
    assert items["objects.depot"]["state"] == "new"
    assert {each["state"] for each in items.values()} == {"new", "changed", "same"}
    assert [(c["what"], c["attribute"]) for c in items["objects.part"]["changes"]] == [
        ("field.changed", "label"), ("field.changed", "indexed"),
    ]  # fmt: skip
    options = items[f"codes.{table}"]["details"]
    assert [(d["what"], d["label"]["en"]) for d in options] == [
        ("changed", "Air conditioning"), ("added", "New one"),
    ]  # fmt: skip
    (form,) = items["quality_forms.after_sales"]["details"]
    assert form["what"] == "removed"
    assert {"objects.depot", *changed} == set(elsewhere.take(document))


def test_a_trial_leaves_nothing_behind(desk: Desk) -> None:
    before = desk.export()
    assert "new" in desk.states(desk.ready("telecom")).values()
    assert desk.export() == before
    assert desk.conf.get("/code-tables").json == []
    assert [each["draft"] for each in desk.conf.get("/design/objects").json] == [False, False]


def test_what_the_file_does_not_have_stays(elsewhere: Desk) -> None:
    document = elsewhere.export()
    document["codes"] = [t for t in document["codes"] if t["key"] == "region"]
    (region,) = document["codes"]
    kept = [item["value"] for item in region["items"]]
    region["items"] = [
        *region["items"][:1],
        {"value": "tj", "label": {"zh-CN": "天津", "en": "Tianjin"}},
    ]
    document["dispositions"], document["objects"] = [], []
    assert elsewhere.take(document) == {"codes.region": "changed"}
    items = elsewhere.conf.get("/code-tables/region").json["items"]
    assert [item["value"] for item in items] == [*kept, "tj"]
    assert elsewhere.firm.admin.get("/dispositions").json["total"] == 9
    assert elsewhere.conf.get("/objects/appliance").status_code == 200


# -- choosing, drafts, publication -----------------------------------------------------------------


def test_only_what_was_chosen_is_taken(desk: Desk) -> None:
    document = desk.ready("after_sales")
    take = {"codes": ["product_category"], "objects": ["part"]}
    assert desk.take(document, take=take, publish=True) == {
        "codes.product_category": "added",
        "objects.part": "published",
    }
    assert {each["key"] for each in desk.conf.get("/code-tables").json} == {"product_category"}
    assert desk.conf.get("/objects/appliance").status_code == 404


def test_without_publishing_objects_are_drafts_that_can_be_published_later(desk: Desk) -> None:
    document = desk.ready("hotline")
    assert desk.take(document)["objects.unit"] == "drafted"
    assert desk.conf.get("/objects/unit").status_code == 404
    states = desk.states(document)
    assert {states[f"objects.{one}"] for one in ("customer", "unit", "work_order")} == {"drafted"}
    assert desk.take(document, publish=True)["objects.unit"] == "published"
    assert desk.conf.get("/objects/unit").status_code == 200


def test_somebodys_draft_is_not_overwritten(desk: Desk) -> None:
    design = desk.conf.get("/design/objects/customer").json
    mine = design["document"]
    mine["name"]["en"] = "Patron"
    path = "/design/objects/customer/draft"
    assert desk.conf.put(path, {"document": mine}, design["version"]).status_code == 200
    document = desk.ready("hotline")
    (customer,) = [i for i in desk.trial(document)["items"] if i["key"] == "customer"]
    assert (customer["state"], customer["reason"]) == ("blocked", "busy")
    refused = desk.send(document, take={"objects": ["customer"]})
    assert refused.status_code == 409
    assert set(refused.json["error"]["fields"]) == {"objects.customer"}
    assert "objects.customer" not in desk.take(document)
    assert desk.conf.get("/design/objects/customer").json["document"]["name"]["en"] == "Patron"


def test_an_object_of_another_kind_keeps_its_name(desk: Desk) -> None:
    document = desk.ready("after_sales")
    object_of(document, "customer")["kind"] = "base"
    (customer,) = [i for i in desk.trial(document)["items"] if i["key"] == "customer"]
    assert (customer["state"], customer["reason"]) == ("blocked", "other_kind")


def test_objects_that_point_at_each_other_come_together(desk: Desk) -> None:
    document = desk.ready("after_sales")
    shipment = object_of(document, "appliance")
    back = {
        "key": "last_order", "type": "reference", "label": {"zh-CN": "最近工单", "en": "Last order"},
        "settings": {"reference": {"object": "work_order"}},
    }  # fmt: skip
    shipment["groups"][0]["fields"].append(back)
    document["objects"] = [o for o in document["objects"] if o["identifier"] != "customer"]
    outcomes = desk.take(document, publish=True)
    assert outcomes["objects.appliance"] == outcomes["objects.work_order"] == "published"
    fields = desk.conf.get("/objects/appliance").json["fields"]
    assert "last_order" in {field["key"] for field in fields}
    assert desk.conf.get("/design/objects/appliance").json["problems"] == []


def test_what_was_left_out_may_not_be_missing(desk: Desk) -> None:
    take = {"objects": ["appliance"], "codes": []}
    refused = desk.send(desk.ready("after_sales"), take=take, publish=True)
    assert refused.status_code == 422
    assert set(refused.json["error"]["fields"]) == {"objects.appliance.category.codes"}
    assert desk.conf.get("/design/objects/appliance").status_code == 404


def test_values_that_would_be_lost_are_asked_for(elsewhere: Desk) -> None:
    part = {"code": "x", "name": "泵", "price": "3", "stock": 5, "category": "ac"}
    made = elsewhere.firm.admin.made("/objects/part/records", {"values": part})
    document = elsewhere.export()
    field_of(document, "part", "name").update(type="date", settings={})
    field_of(document, "part", "name").pop("searched")
    (item,) = [i for i in elsewhere.trial(document)["items"] if i["key"] == "part"]
    assert [(loss["what"], loss["records"]) for loss in item["losses"]] == [("not_convertible", 1)]
    refused = elsewhere.send(document, publish=True)
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "values-lost")
    assert elsewhere.conf.get("/design/objects/part").json["draft"] is False, "nothing was taken"
    taken = elsewhere.take(document, publish=True, accept_losses=True)
    assert taken == {"objects.part": "published"}
    read = elsewhere.firm.admin.get(f"/objects/part/records/{made['id']}").json
    assert (read["values"]["name"], read["values"]["stock"]) == (None, 5)


def test_a_masked_number_does_not_become_a_text_by_a_file(elsewhere: Desk) -> None:
    document = elsewhere.export()
    field_of(document, "work_order", "contact_phone").update(type="text", settings={})
    (item,) = [i for i in elsewhere.trial(document)["items"] if i["key"] == "work_order"]
    assert (item["state"], item["reason"]) == ("blocked", "problems")
    assert [problem["path"] for problem in item["problems"]] == ["contact_phone"]


def test_options_turn_round_but_a_table_does_not_outgrow_its_limit(elsewhere: Desk) -> None:
    document = elsewhere.export()
    (region,) = [table for table in document["codes"] if table["key"] == "region"]
    label = {"zh-CN": "京", "en": "Capital"}
    region["items"] = [
        {"value": "bj", "label": label, "parent": "sd"},
        {"value": "sd", "label": label},
    ]
    assert elsewhere.states(document)["codes.region"] == "changed"
    items = elsewhere.conf.get("/code-tables/region").json["items"]
    many = [{"value": f"v{n}", "label": label} for n in range(2000)]
    region["items"] = many
    (item,) = [i for i in elsewhere.trial(document)["items"] if i["key"] == "region"]
    assert (item["state"], item["reason"]) == ("blocked", "problems")
    assert elsewhere.conf.get("/code-tables/region").json["items"] == items


# -- refusals --------------------------------------------------------------------------------------


def test_a_faulty_file_is_told_by_path_in_the_readers_language_and_changes_nothing(
    desk: Desk,
) -> None:
    document = desk.ready("hotline")
    del field_of(document, "unit", "code")["type"]
    field_of(document, "work_order", "hours_taken")["settings"]["expression"] = "hours("
    said = set()
    for language in ("zh-CN", "en"):
        desk.conf.speak(language)
        (problem,) = desk.trial(document)["problems"]
        assert problem["path"] == "objects.unit.groups.main.fields.code.type"
        said.add(problem["message"])
    assert len(said) == 2
    before = desk.export()
    refused = desk.send(document, publish=True)
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "bad-configuration")
    assert set(refused.json["error"]["fields"]) == {problem["path"]}
    assert desk.export() == before


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ([1, 2], "not-a-configuration"),
        ({"identifier": "customer"}, "not-a-configuration"),
        ({"format": 2, "marvels": []}, "newer-format"),
    ],
)
def test_other_files_are_refused(desk: Desk, document: Any, code: str) -> None:
    for path in ("trial", "import"):
        refused = desk.conf.post(f"/configuration/{path}", {"document": document})
        assert (refused.status_code, refused.json["error"]["code"]) == (422, code)


def test_a_large_file_is_taken_and_a_huge_one_refused_before_it_is_read(desk: Desk) -> None:
    document = desk.ready("hotline")
    options = [
        {"value": f"v{n}", "label": {"zh-CN": "值" * 60, "en": "x" * 60}} for n in range(1900)
    ]
    document["codes"] += [
        {"key": f"big_{n}", "name": {"zh-CN": "大", "en": "Big"}, "items": options}
        for n in range(5)
    ]
    assert len(str(document)) > 1_000_000
    assert desk.states(document)["codes.big_0"] == "new"
    answer = desk.conf.client.post(
        "/api/v1/configuration/trial",
        data="{}",
        headers={"X-CSRF-Token": desk.conf.csrf},
        environ_overrides={"CONTENT_LENGTH": str(50 * 1024 * 1024)},
    )
    assert (answer.status_code, answer.json["error"]["code"]) == (413, "file-too-large")


def test_ready_sets_are_for_the_configuration_administrator(firm: Firm) -> None:
    assert firm.admin.get("/configuration/sets").status_code == 403


@pytest.mark.parametrize("who", ["agent", "leader", "inspector"])
def test_only_administrators_move_configurations(firm: Firm, who: str) -> None:
    page = firm.page(firm.seat(who)["employee_code"])
    assert page.get("/configuration/file").status_code == 403
    assert page.get("/configuration/sets").status_code == 403
    for path in ("trial", "import"):
        assert page.post(f"/configuration/{path}", {"document": {}}).status_code == 403


def test_both_ways_are_in_the_log(desk: Desk) -> None:
    desk.export()
    desk.take(desk.ready("hotline"), take={"dispositions": ["chase"]})
    log = desk.conf.get("/audit", action="configuration.").json["items"]
    assert [each["action"] for each in log] == ["configuration.import", "configuration.export"]
    assert log[0]["after"] == {"dispositions": ["chase"], "publish": False}


# -- queries ---------------------------------------------------------------------------------------


def with_queries(document: dict[str, Any]) -> dict[str, Any]:
    """One over an object that comes along, and one that was written as text and leads nowhere."""
    said = {"zh-CN": "家电", "en": "Appliances"}
    button = {"key": "more", "label": said, "do": "query", "query": "told"}
    column = {"key": "name", "label": said, "field": "number"}
    report = {"category": said, "description": said}
    texts = {"select": "number", "source": "appliance"}
    document["queries"] = [
        {
            "key": "appliances", "name": said, "roles": ["agent", "leader"], "active": True,
            "report": report,
            "document": {"source": "appliance", "columns": [column], "buttons": [button]},
        },
        {
            "key": "told", "name": said, "roles": [], "active": False, "report": None,
            "document": {"kind": "expert", "texts": texts},
        },
    ]  # fmt: skip
    return document


def test_queries_come_with_the_objects_that_they_are_over(desk: Desk) -> None:
    document = with_queries(desk.ready("after_sales"))
    outcomes = desk.take(document, publish=True)
    assert (outcomes["queries.appliances"], outcomes["queries.told"]) == ("added", "added")
    found = desk.conf.post("/queries/appliances/run", {})
    assert found.status_code == 200, found.json
    assert [each["key"] for each in found.json["columns"]] == ["name"]
    kept = desk.conf.get("/queries/appliances").json
    assert (kept["roles"], kept["report"]["category"]["en"]) == (["agent", "leader"], "Appliances")
    # Out and in again, nothing is otherwise; and what is, is told.
    again = desk.export()
    assert [item["state"] for item in desk.trial(again)["items"] if item["part"] == "queries"] == [
        "same", "same",
    ]  # fmt: skip
    again["queries"][0]["roles"] = ["agent"]
    (first, _) = [item for item in desk.trial(again)["items"] if item["part"] == "queries"]
    assert [(d["attribute"], d["after"]) for d in first["details"]] == [("roles", ["agent"])]
    assert desk.take(again) == {"queries.appliances": "changed"}
    assert desk.conf.get("/queries/appliances").json["roles"] == ["agent"]


def test_a_query_that_names_what_is_nowhere_is_told_by_its_place(desk: Desk) -> None:
    document = with_queries(desk.ready("after_sales"))
    first, told = document["queries"]
    first["document"] |= {"source": "nobody"}
    first["document"]["buttons"][0]["query"] = "nowhere"
    first["roles"] = ["guest"]
    assert {each["path"] for each in desk.trial(document)["problems"]} == {
        "queries.appliances.roles.0"
    }
    first["roles"] = ["agent"]
    told["document"]["texts"] = {"select": "1"}
    assert {each["path"] for each in desk.trial(document)["problems"]} == {
        "queries.appliances.document.source",
        "queries.appliances.document.buttons.more.query",
        "queries.told.document.texts.source",
    }
