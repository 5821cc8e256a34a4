"""From one version to the next: what differs, where values lie, how they convert."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callcenter.objects.errors import BadValue
from callcenter.objects.schemas import Definition, read_definition
from callcenter.objects.service.comparing import changes
from callcenter.objects.service.converting import convert
from callcenter.objects.service.placing import Places, left_behind, plain
from callcenter.objects.types.base import Field, Reading

READING = Reading("021", ZoneInfo("Asia/Shanghai"), *[lambda *_: True] * 3)
ADMIN = {"admin": "all"}


def label(text: str) -> dict[str, str]:
    return {"zh-CN": text, "en": text}


def a_field(key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"key": key, "type": kind, "label": label(key), **more}


def a_document(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    whole = [a_field("name"), *fields]
    return {
        "identifier": "thing", "kind": "base", "name": label("thing"), "key_field": "name",
        "title_field": "name", "groups": [{"key": "main", "label": label("main"), "fields": whole}],
        "list": {"columns": ["name"], "sort": "-created_at"}, "permissions": {"read": ADMIN},
        "links": {}, **more,
    }  # fmt: skip


def version(document: dict[str, Any], number: int = 1) -> Definition:
    return read_definition(document, number)


def published(*documents: dict[str, Any]) -> list[Definition]:
    """The history after each of the documents was published, the newest first."""
    history: list[Definition] = []
    for number, document in enumerate(documents, 1):
        placed = Places(history).give(document, version(document, number), number)
        history.insert(0, version(placed, number))
    return history


def told(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    found = changes(version(old), version(new))
    return [(change["what"], change["subject"], change["effects"]) for change in found]


# -- what differs ----------------------------------------------------------------------------------


def test_a_version_does_not_differ_from_itself() -> None:
    assert (
        told(a_document(a_field("size", "integer")), a_document(a_field("size", "integer"))) == []
    )


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ([], [a_field("size", "integer")], ("field.added", "size", [])),
        ([], [a_field("size", indexed=True)], ("field.added", "size", ["column", "index"])),
        ([], [a_field("size", unique=True)], ("field.added", "size", ["column", "unique"])),
        ([a_field("size")], [], ("field.removed", "size", ["hide"])),
        ([a_field("size")], [a_field("size", "integer")], ("field.type", "size", ["convert"])),
        ([a_field("size")], [a_field("size", required=True)], ("field.changed", "size", [])),
        (
            [a_field("size")],
            [a_field("size", indexed=True)],
            ("field.changed", "size", ["column", "index"]),
        ),
        (
            [a_field("size", indexed=True)],
            [a_field("size")],
            ("field.changed", "size", ["unindex"]),
        ),
        (
            [a_field("size")],
            [a_field("size", settings={"max_length": 9})],
            ("field.changed", "size", []),
        ),
        (
            [a_field("one"), a_field("two")],
            [a_field("two"), a_field("one")],
            ("field.moved", "two", []),
        ),
    ],
)
def test_a_change_of_a_field_is_told_with_what_it_does(
    before: Any, after: Any, change: Any
) -> None:
    assert told(a_document(*before), a_document(*after)) == [change]


def test_what_is_no_field_is_told_too() -> None:
    new = a_document(
        name=label("item"), list={"columns": ["name", "created_at"], "sort": "name"},
        permissions={"read": {**ADMIN, "agent": "own"}}, cached=True,
    )  # fmt: skip
    found = changes(version(a_document()), version(new))
    assert [(change["what"], change["attribute"]) for change in found] == [
        ("object.changed", "name"),
        ("object.changed", "cached"),
        ("list.changed", "columns"),
        ("list.changed", "sort"),
        ("permissions.changed", "read.agent"),
    ]
    assert (found[-1]["before"], found[-1]["after"]) == (None, "own")


def test_whose_right_changed_is_told_from_what_to_what() -> None:
    before = a_document(
        a_field("size", rights={"agent": "mask"}),
        permissions={"read": ADMIN, "edit": {"agent": "own", "leader": "team"}},
    )
    after = a_document(
        a_field("size", rights={"leader": "hide"}),
        permissions={"read": ADMIN, "edit": {"agent": "all"}},
    )
    found = changes(version(before), version(after))
    assert [(each["attribute"], each["before"], each["after"]) for each in found] == [
        ("rights.agent", "mask", "write"),
        ("rights.leader", "write", "hide"),
        ("edit.agent", "own", "all"),
        ("edit.leader", "team", None),
    ]


# -- where values lie ------------------------------------------------------------------------------


def places(definition: Definition) -> dict[str, tuple[str, bool]]:
    return {f.key: (f.place, definition.has_column(f)) for f in definition.fields}


def test_a_column_stays_a_column_when_nothing_asks_for_it_any_more() -> None:
    history = published(a_document(a_field("size", indexed=True)), a_document(a_field("size")))
    assert places(history[0])["size"] == ("size", True)
    assert not history[0].has_index(history[0].by_key["size"])


def test_another_type_gets_a_place_of_its_own() -> None:
    history = published(a_document(a_field("size")), a_document(a_field("size", "integer")))
    assert places(history[0])["size"] == ("size_2", False)


def test_more_places_of_a_decimal_are_another_column() -> None:
    exact = {"settings": {"places": 4}, "indexed": True}
    history = published(
        a_document(a_field("size", "decimal", indexed=True)),
        a_document(a_field("size", "decimal", **exact)),
    )
    assert places(history[0])["size"] == ("size_2", True)


def test_a_hidden_field_comes_back_to_what_it_had() -> None:
    history = published(a_document(a_field("size", unique=True)), a_document())
    draft = a_document(a_field("size"))
    assert Places(history).is_back(version(draft).by_key["size"])
    back = Places(history).give(draft, version(draft), 3)
    assert places(version(back, 3))["size"] == ("size", True)


def test_what_was_purged_is_found_by_nobody_and_its_place_never_given_again() -> None:
    history = published(a_document(a_field("size", unique=True)), a_document())
    draft, places_now = a_document(a_field("size")), Places(history, ["size"])
    field = version(draft).by_key["size"]
    assert (places_now.is_back(field), places_now.is_lost(field)) == (False, True)
    assert places(version(places_now.give(draft, version(draft), 3), 3))["size"] == (
        "size_3",
        False,
    )
    new = version(a_document(a_field("colour"))).by_key["colour"]
    assert not places_now.is_lost(new)


def test_a_version_leaves_behind_what_it_does_not_know() -> None:
    history = published(
        a_document(a_field("size"), a_field("colour"), a_field("made", "created_at")),
        a_document(a_field("size", "integer"), a_field("colour")),
        a_document(a_field("size", "integer")),
    )
    left = {place: (f.type, number) for place, (f, number) in left_behind(history).items()}
    assert left == {"size": ("text", 1), "colour": ("text", 2)}
    assert left_behind([]) == {}


def test_a_type_that_comes_back_finds_its_former_place() -> None:
    """Rolling a change of type back shows what stood there before it."""
    text, number = a_document(a_field("size")), a_document(a_field("size", "integer"))
    assert places(published(text, number, text)[0])["size"] == ("size", False)


def test_a_place_is_never_given_twice() -> None:
    history = published(
        a_document(a_field("size_2"), a_field("size")),
        a_document(a_field("size_2"), a_field("size", "integer")),
    )
    assert places(history[0])["size"][0] not in ("size", "size_2")


def test_nobody_says_a_place_but_the_publication() -> None:
    given = a_document(a_field("size", storage="name", column=True))
    placed = Places([]).give(given, version(given), 1)
    assert plain(given) == placed == a_document(a_field("size"))


_KINDS = st.sampled_from(["text", "integer", "date", "decimal", "boolean"])
_FLAGS = st.fixed_dictionaries({"indexed": st.booleans(), "unique": st.booleans()})
_FIELDS = st.dictionaries(st.sampled_from(["aa", "bb", "aa_2", "bb_3"]), st.tuples(_KINDS, _FLAGS))


@given(st.lists(_FIELDS, min_size=1, max_size=6))
def test_no_sequence_of_versions_puts_two_kinds_of_values_in_one_place(sequence: Any) -> None:
    documents = [
        a_document(*[a_field(key, kind, **flags) for key, (kind, flags) in fields.items()])
        for fields in sequence
    ]
    kinds: dict[str, tuple[str, str]] = {}
    for definition in reversed(published(*documents)):
        assert len({field.place for field in definition.fields}) == len(definition.fields)
        for field in definition.fields:
            assert kinds.setdefault(field.place, (field.key, field.type)) == (field.key, field.type)


# -- how they convert ------------------------------------------------------------------------------

OPTIONS = {"settings": {"options": [{"value": "big", "label": {"zh-CN": "大", "en": "Big"}},
                                    {"value": "small", "label": {"zh-CN": "小", "en": "Small"}}]}}  # fmt: skip


def converted(old: dict[str, Any], held: Any, new: dict[str, Any]) -> Any:
    one, two = (Field(group="main", **field) for field in (old, new))
    return convert(one, two, held, READING)


@pytest.mark.parametrize(
    ("old", "held", "new", "becomes"),
    [
        ("text", " 12 ", "integer", 12),
        ("text", "2026-11-24", "date", "2026-11-24"),
        ("text", "是", "boolean", True),
        ("text", "138 0000 6207", "phone", "e164:+8613800006207"),
        ("integer", 12, "text", "12"),
        ("boolean", False, "text", "否"),
        ("integer", 12, "decimal", "12.00"),
        ("text", None, "integer", None),
    ],
)
def test_what_can_be_said_in_the_new_type_is_kept(
    old: str, held: Any, new: str, becomes: Any
) -> None:
    value = converted(a_field("f", old), held, a_field("f", new))
    assert value is becomes is None or str(value) == str(becomes)


def test_an_option_is_found_by_its_value_and_by_its_label() -> None:
    choice, choices = a_field("f", "choice", **OPTIONS), a_field("f", "choices", **OPTIONS)
    assert converted(a_field("f"), "big", choice) == "big"
    assert converted(a_field("f"), "小", choice) == "small"
    assert converted(choice, "big", a_field("f")) == "大"
    assert converted(choice, "big", choices) == ["big"]


@pytest.mark.parametrize(
    ("held", "new"),
    [("viel", "integer"), ("2026-13-01", "date"), ("vielleicht", "boolean"), ("x", "phone")],
)
def test_what_cannot_be_said_is_refused(held: str, new: str) -> None:
    with pytest.raises(BadValue):
        converted(a_field("f"), held, a_field("f", new))
