"""A configuration as a whole: what is wrong with it is told with its place."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from callcenter.configuration.errors import NewerFormat, NotAConfiguration
from callcenter.configuration.service import ready_set
from callcenter.configuration.service.document import (
    There,
    check_format,
    entries,
    in_order,
    problems,
)

Document = dict[str, Any]


@pytest.fixture
def document() -> Document:
    return deepcopy(dict(ready_set("after_sales")))


def field_of(document: Document, place: int, key: str) -> Document:
    fields = [f for group in document["objects"][place]["groups"] for f in group["fields"]]
    found: Document = next(field for field in fields if field["key"] == key)
    return found


def _unknown_object(document: Document) -> None:
    field_of(document, 3, "appliance")["settings"]["reference"]["object"] = "machine"


def _template_about_nothing(document: Document) -> None:
    name = {"zh-CN": "信", "en": "Letter"}
    document["templates"] = [{"key": "letter", "name": name, "text": "", "object": "machine"}]


def _no_codes(document: Document) -> None:
    document["codes"] = [table for table in document["codes"] if table["key"] != "region"]


def _bad_formula(document: Document) -> None:
    field_of(document, 3, "amount_due")["settings"]["expression"] = "labour +"


def _bad_condition(document: Document) -> None:
    tests = field_of(document, 3, "waiting_for")["when"]["visible"]["tests"]
    tests[0]["value"] = "never"


def _no_type(document: Document) -> None:
    del field_of(document, 3, "urgency")["type"]


def _circle(document: Document) -> None:
    document["codes"][2]["items"][0]["parent"] = "ac_leak"


def _twice(document: Document) -> None:
    document["dispositions"].append(document["dispositions"][0])


def _one_language(document: Document) -> None:
    del document["quality_forms"][0]["name"]["en"]


def _kind(document: Document) -> None:
    document["objects"][1]["kind"] = "operation_log"


@pytest.mark.parametrize(
    ("spoil", "paths"),
    [
        (_unknown_object, {"objects.work_order.appliance.reference"}),
        (_template_about_nothing, {"templates.letter.object"}),
        (_no_codes, {"objects.customer.region.codes"}),
        (_bad_formula, {"objects.work_order.amount_due.expression"}),
        (_bad_condition, {"objects.work_order.waiting_for.when.visible.0"}),
        (_no_type, {"objects.work_order.groups.request.fields.urgency.type"}),
        (_circle, {f"codes.fault.{one}" for one in ("ac", "ac_no_cool", "ac_no_heat", "ac_leak", "ac_noise", "ac_dead")}),
        (_twice, {"dispositions.repair"}),
        (_one_language, {"quality_forms.after_sales.name.en"}),
        (_kind, {"objects.appliance.kind"}),
        (lambda d: d.update(people=[]), {"people"}),
        (lambda d: d.update(objects="all"), {"objects"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_path(
    document: Document, spoil: Callable[[Document], None], paths: set[str]
) -> None:
    spoil(document)
    assert {each.path for each in problems(document, There())} == paths


def test_what_the_enterprise_has_may_be_pointed_at(document: Document) -> None:
    _no_codes(document)
    document["objects"] = [each for each in document["objects"] if each["identifier"] != "part"]
    assert len(problems(document, There())) == 2
    assert problems(document, There(objects={"part"}, codes={"region"})) == []


@pytest.mark.parametrize(
    "junk", [None, [], "x", 5, {}, {"format": "1"}, {"format": True}, {"format": 0}]
)
def test_another_kind_of_file_is_no_configuration(junk: Any) -> None:
    with pytest.raises(NotAConfiguration):
        check_format(junk)


def test_a_newer_format_is_told_apart_from_a_faulty_file(document: Document) -> None:
    with pytest.raises(NewerFormat) as refused:
        check_format({**document, "format": 2, "novelties": []})
    assert refused.value.details == {"format": 2, "known": 1}


def test_what_is_pointed_at_comes_first_and_a_circle_ends() -> None:
    def an_object(identifier: str, *targets: str) -> Document:
        fields = [{"key": t, "settings": {"reference": {"object": t}}} for t in targets]
        return {"identifier": identifier, "groups": [{"fields": fields}]}

    chain = [an_object("a", "b"), an_object("b", "c", "b"), an_object("c", "elsewhere")]
    assert in_order(chain) == ["c", "b", "a"]
    assert sorted(in_order([an_object("a", "b"), an_object("b", "a")])) == ["a", "b"]


def test_entries_come_without_places_and_with_their_defaults(document: Document) -> None:
    field_of(document, 0, "name").update(storage="phone", column=True)
    document["dispositions"] = [{"code": "x", "label": {"zh-CN": " 一 ", "en": "One"}}]
    found = entries(document)
    field = found["objects"][0]["groups"][0]["fields"][1]
    assert field["key"] == "name"
    assert "storage" not in field
    assert "column" not in field
    assert found["dispositions"] == [
        {"code": "x", "label": {"zh-CN": "一", "en": "One"}, "sort": 0, "active": True}
    ]
