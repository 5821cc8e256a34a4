"""The registry of commands."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from marshmallow import ValidationError

from callcenter.automation import reference
from callcenter.automation.commands import COMMANDS
from callcenter.automation.commands.base import KINDS, Caller, Refused
from callcenter.core.i18n import LOCALES, captions
from callcenter.core.places import PROJECT
from callcenter.queries.service import Delivered, Filled, Order
from callcenter.rendering.errors import RenderFailed

PAGES = PROJECT / "agent_ui" / "src" / "shared" / "i18n"


def test_there_are_those_that_the_pages_speak_of() -> None:
    assert set(COMMANDS) == {
        "purge", "template", "http", "messages", "export", "query_export", "empty_messages",
        "archive", "archive_restore",
    }  # fmt: skip
    kinds = {one.kind for command in COMMANDS.values() for one in command.parameters}
    assert kinds <= set(KINDS)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_form_has_words_for_each_and_for_all_that_it_asks(locale: str) -> None:
    words = json.loads((PAGES / locale / "scheduled.json").read_text(encoding="utf-8"))
    assert words["commands"].keys() == words["commandHints"].keys() == COMMANDS.keys()
    asked = {one.name for command in COMMANDS.values() for one in command.parameters}
    assert asked == words["parameters"].keys()


def test_parameters_are_typed_and_nothing_else_is_taken() -> None:
    purge = COMMANDS["purge"].schema
    assert purge.load({"object": "client"}) == {"days": 30, "object": "client"}
    for wrong in ({"days": 0}, {"days": "x"}, {"days": 1, "more": 1}):
        with pytest.raises(ValidationError):
            purge.load(wrong)
    with pytest.raises(ValidationError):
        COMMANDS["http"].schema.load({"method": "PATCH", "url": "https://a.example/"})


def test_what_they_say_is_worded_in_every_language() -> None:
    said = (
        *(
            "answered",
            "delivered",
            "emptied",
            "exported",
            "letter",
            "letter_link",
            "mailed",
            "messages",
        ),
        *("archive_file", "archive_restored", "archived", "no_archive", "no_date_field"),
        *("no_export_right",),
        *("no_mail_channel", "no_mail_right", "nothing_to_purge", "purged"),
    )
    for locale in LOCALES:
        assert {f"command.{one}" for one in said} <= captions(locale).keys()


@pytest.mark.parametrize("is_apart", [False, True])
def test_a_file_out_of_somebody_else_s_database_is_written_in_no_transaction(
    is_apart: bool,
) -> None:
    """Of our own it is: what it has is of one moment."""
    open_now: list[object] = []
    done: list[tuple[str, bool]] = []

    @contextmanager
    def begin() -> Iterator[Any]:
        scope = SimpleNamespace(require_actor=lambda: SimpleNamespace(may=lambda _right: True))
        open_now.append(session := SimpleNamespace(info={"scope": scope}))
        yield session
        open_now.remove(session)

    def did(what: str, answer: Any) -> Any:
        def step(session: Any, *_: Any, **__: Any) -> Any:
            assert ([session] if session else []) == open_now
            done.append((what, bool(open_now)))
            return answer

        return step

    deliveries = SimpleNamespace(
        order=did("order", Order(SimpleNamespace(is_apart=is_apart), "x", shared=False)),  # type: ignore[arg-type] # no more is asked of it
        write=did("write", Filled(3, cut=False)),
        tell=did("tell", Delivered("x", 3, "", 0, "")),
    )
    said: dict[str, Any] = {}
    doing: Any = SimpleNamespace(
        begin=begin, run_id=None, tools=SimpleNamespace(deliveries=deliveries),
        say=lambda _key, **parameters: said.update(parameters),
    )  # fmt: skip
    command = COMMANDS["query_export"]
    command.run(command.schema.load({"query": "list", "channel": None, "to": None}), doing)
    assert done == [("order", True), ("write", not is_apart), ("tell", True)]
    assert said == {"name": "x", "rows": 3}


def test_the_reference_is_that_of_the_registry() -> None:
    assert reference.FILE.read_text("utf-8") == reference.page()
    for command in COMMANDS.values():
        assert f"## `{command.key}`" in reference.page()
        assert Caller.TASK in command.callers


@pytest.mark.parametrize("passes", [True, False])
def test_a_template_is_tried_again_where_what_it_asked_may_answer_later(*, passes: bool) -> None:
    def carry_out(*_: Any) -> None:
        raise RenderFailed("template.instruction_failed", {"name": "http"}, 1, may_pass=passes)

    doing: Any = SimpleNamespace(
        tools=SimpleNamespace(texts=SimpleNamespace(carry_out=carry_out)), begin=None
    )
    with pytest.raises(Refused) as refused:
        COMMANDS["template"].run({"template": "letter"}, doing)
    assert refused.value.may_pass is passes
