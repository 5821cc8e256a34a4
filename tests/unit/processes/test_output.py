"""The terminal shows what needs a person; files take everything."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from honcho.printer import Message

from callcenter.processes.output import Output, for_people


@pytest.mark.parametrize(
    "line",
    ["Asterisk Ready.", "{not json", '["a list"]', "", '{"level": "error"'],
)
def test_plain_text_is_shown_as_it_is(line: str) -> None:
    assert for_people(line) == line


def test_an_event_without_alarm_is_for_the_file_only() -> None:
    assert for_people('{"level": "info", "event": "call offered"}') is None


def test_a_warning_is_shown_with_its_fields() -> None:
    line = '{"level": "warning", "event": "AMI lost", "node": "n1", "timestamp": "…"}'
    assert for_people(line) == "warning: AMI lost node=n1"


def test_every_line_reaches_the_file_of_its_process(tmp_path: Path, capsys) -> None:
    now = datetime.now(UTC)
    with closing(Output(tmp_path)) as output:
        for data in (b'{"level": "info", "event": "quiet"}\n', "号码 \n".encode()):
            output.write(Message("line", data, now, "web", None))
    assert (tmp_path / "web.log").read_text() == '{"level": "info", "event": "quiet"}\n号码 \n'
    assert "quiet" not in capsys.readouterr().out
