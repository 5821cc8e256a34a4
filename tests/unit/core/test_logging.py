"""A line of log is one JSON object, whoever wrote it, and carries no secret."""

import io
import json
import logging as standard

import pytest
import structlog
from structlog.testing import capture_logs

from callcenter.core import logging


@pytest.fixture
def configured():
    """A set-up process; calling it gives the lines written so far."""
    root = standard.getLogger()
    before, known = (root.handlers[:], root.level), structlog.get_config()
    stream = io.StringIO()
    logging.configure("info", process="web", stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], root.level = before
    structlog.configure(**known)


def test_an_event_carries_its_fields_and_the_process(configured) -> None:
    structlog.get_logger("callcenter.x").info("call offered", call_id="c1")
    (line,) = configured()
    assert line["event"] == "call offered"
    assert (line["call_id"], line["process"], line["level"]) == ("c1", "web", "info")


def test_bound_ids_stand_on_every_line(configured) -> None:
    with structlog.contextvars.bound_contextvars(call_id="c2"):
        structlog.get_logger().info("one")
    assert configured()[0]["call_id"] == "c2"


def test_lines_of_libraries_take_the_same_form(configured) -> None:
    standard.getLogger("library").warning("odd %s", "thing")
    assert configured()[0]["event"] == "odd thing"


def test_a_secret_is_not_written(configured) -> None:
    structlog.get_logger().info("sign-in", password="hunter2", ami_secret="x", session_token="y")
    (line,) = configured()
    assert (line["password"], line["ami_secret"], line["session_token"]) == ("…", "…", "…")


def test_what_is_below_the_level_is_dropped(configured) -> None:
    structlog.get_logger().debug("detail")
    assert configured() == []


def test_an_exception_is_one_line_without_local_variables(configured) -> None:
    password = "hunter" + "2"
    try:
        raise ValueError("broken")
    except ValueError:
        structlog.get_logger().exception("it failed")
    (line,) = configured()
    assert line["exception"][0]["exc_value"] == "broken"
    assert password not in json.dumps(line)


def test_a_logger_that_has_spoken_follows_when_it_is_set_up_anew(configured) -> None:
    spoken = structlog.get_logger()
    spoken.info("one")
    logging.configure("info", process="web", stream=io.StringIO())
    with capture_logs() as told:
        spoken.info("two")
    assert [each["event"] for each in told] == ["two"]
