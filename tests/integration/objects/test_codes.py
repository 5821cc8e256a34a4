"""Code tables over HTTP, and the fields that take their options from them."""

from base64 import b64encode
from typing import Any

import pytest

from tests.integration.objects.shaping import RECORDS, Shaping, a_field, a_pump, label
from tests.support.office import Caller

pytestmark = pytest.mark.integration

TABLES, MAKERS = "/code-tables", "/code-tables/maker"


def an_item(value: str, **more: Any) -> dict[str, Any]:
    return {"value": value, "label": label(value.upper()), **more}


class Makers:
    def __init__(self, conf: Caller) -> None:
        self.conf = conf
        answer = conf.post(TABLES, {"key": "maker", "name": label("厂家", "Maker")})
        assert answer.status_code == 201, answer.json
        self.answer = answer.json

    def save(self, *items: dict[str, Any]) -> Any:
        body = {"name": label("厂家", "Maker"), "items": list(items)}
        answer = self.conf.send("PUT", MAKERS, body, version=self.answer["version"])
        if answer.status_code == 200:
            self.answer = answer.json
        return answer

    def load(self, content: bytes, *, apply: bool = False) -> Any:
        body = {"content": b64encode(content).decode(), "apply": apply}
        answer = self.conf.post(f"{MAKERS}/file", body, version=self.answer["version"])
        assert answer.status_code == 200, answer.json
        self.answer = self.conf.get(MAKERS).json
        return answer.json


@pytest.fixture
def makers(conf: Caller) -> Makers:
    table = Makers(conf)
    assert table.save(an_item("grundfos"), an_item("wilo")).status_code == 200
    return table


def test_a_table_is_kept_in_its_order(makers: Makers) -> None:
    makers.save(an_item("wilo", color="green"), an_item("grundfos"), an_item("old", active=False))
    shown = makers.conf.get(MAKERS).json["items"]
    assert [(item["value"], item["color"], item["active"]) for item in shown] == [
        ("wilo", "green", True),
        ("grundfos", None, True),
        ("old", None, False),
    ]
    (listed,) = makers.conf.get(TABLES).json
    assert (listed["key"], listed["items"], listed["used_by"]) == ("maker", 3, [])


@pytest.mark.parametrize(
    ("items", "place"),
    [
        ([an_item("a"), an_item("a")], "items.1"),
        ([an_item("a", parent="nothing")], "items.0"),
        ([an_item("a", parent="b"), an_item("b", parent="a")], "items.0"),
        ([an_item("a,b")], "items.0.value"),
        ([{"value": "a", "label": {"en": "A"}}], "items.0.label"),
    ],
)
def test_what_contradicts_itself_is_named(makers: Makers, items: Any, place: str) -> None:
    refused = makers.save(*items)
    assert refused.status_code == 422
    assert place in refused.json["error"]["fields"]
    assert len(makers.conf.get(MAKERS).json["items"]) == 2


def test_who_saves_over_somebody_else_is_refused(makers: Makers) -> None:
    stale = makers.answer["version"]
    makers.save(an_item("wilo"))
    body = {"name": label("厂家"), "items": []}
    assert makers.conf.send("PUT", MAKERS, body, version=stale).status_code == 412


def test_a_field_takes_its_options_as_they_are_now(
    makers: Makers, pumps: Shaping, admin: Caller
) -> None:
    pumps.published(a_field("maker", "choice", indexed=True, settings={"codes": "maker"}))
    record = a_pump(admin, maker="wilo")
    assert record["display"]["maker"] == "WILO"
    assert admin.post(RECORDS, {"values": {"name": "泵", "maker": "ksb"}}).status_code == 422
    makers.save(an_item("grundfos"), an_item("wilo", active=False), an_item("ksb"))
    assert a_pump(admin, maker="ksb")["display"]["maker"] == "KSB"
    assert admin.post(RECORDS, {"values": {"name": "泵", "maker": "wilo"}}).status_code == 422
    assert admin.get(f"{RECORDS}/{record['id']}").json["display"]["maker"] == "WILO"
    fields = {field["key"]: field for field in admin.get("/objects/pump").json["fields"]}
    assert [option["value"] for option in fields["maker"]["options"]] == ["grundfos", "wilo", "ksb"]


def test_what_objects_use_is_neither_taken_out_nor_deleted(
    makers: Makers, pumps: Shaping, conf: Caller
) -> None:
    pumps.fields(a_field("maker", "choices", settings={"codes": "maker"}))
    assert conf.get(MAKERS).json["used_by"] == ["pump"]
    refused = makers.save(an_item("wilo"))
    assert "items" in refused.json["error"]["fields"]
    refused = conf.send("DELETE", MAKERS, version=makers.answer["version"])
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "in-use")
    pumps.fields()
    assert makers.save(an_item("wilo")).status_code == 200
    assert conf.send("DELETE", MAKERS, version=makers.answer["version"]).status_code == 204


def test_a_draft_that_names_no_table_has_a_problem(pumps: Shaping) -> None:
    problems = pumps.fields(a_field("maker", "choice", settings={"codes": "nothing"}))["problems"]
    assert [problem["path"] for problem in problems] == ["maker.codes"]


def test_text_becomes_a_code_by_its_label(makers: Makers, pumps: Shaping, admin: Caller) -> None:
    pumps.published(a_field("maker"))
    record = a_pump(admin, maker="WILO")
    pumps.published(a_field("maker", "choice", settings={"codes": "maker"}))
    assert admin.get(f"{RECORDS}/{record['id']}").json["values"]["maker"] == "wilo"


def test_a_file_is_tried_before_it_is_applied(makers: Makers) -> None:
    content = "value,zh-CN,en\nwilo,威乐,Wilo\nksb,凯士比,KSB\n".encode("gb18030")
    told = makers.load(content)
    assert (told["added"], told["changed"], told["unchanged"]) == (["ksb"], ["wilo"], 1)
    assert (told["problems"], told["applied"]) == ([], False)
    assert len(makers.answer["items"]) == 2
    assert makers.load(content, apply=True)["applied"] is True
    assert [(i["value"], i["label"]["zh-CN"]) for i in makers.answer["items"]] == [
        ("grundfos", "GRUNDFOS"), ("wilo", "威乐"), ("ksb", "凯士比"),
    ]  # fmt: skip


def test_a_file_with_a_fault_changes_nothing(makers: Makers) -> None:
    told = makers.load(b"value,en,parent\n\nksb,KSB,nobody\n", apply=True)
    assert [(fault["line"], told["applied"]) for fault in told["problems"]] == [(3, False)]
    assert len(makers.answer["items"]) == 2


def test_what_a_file_says_twice_is_told_by_line(makers: Makers) -> None:
    told = makers.load(b"value,en\nksb,KSB\n\nksb,Another\n", apply=True)
    assert [(fault["line"], told["applied"]) for fault in told["problems"]] == [(4, False)]


def test_a_table_leaves_as_a_file_that_can_come_back(makers: Makers) -> None:
    file = makers.conf.get(f"{MAKERS}/file")
    assert file.headers["Content-Disposition"] == 'attachment; filename="maker.csv"'
    told = makers.load(file.data)
    assert (told["added"], told["changed"], told["unchanged"]) == ([], [], 2)


def test_only_the_configuration_administrator_sees_tables(makers: Makers, admin: Caller) -> None:
    assert admin.get(TABLES).status_code == admin.get(MAKERS).status_code == 403


def test_another_enterprise_has_tables_of_its_own(
    makers: Makers, stranger: Caller, door: Any, other: Any
) -> None:
    there = door.open(other.people["conf"])
    assert there.get(MAKERS).status_code == 404
    assert there.get(TABLES).json == []
