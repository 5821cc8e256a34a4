"""The operators' line test as Asterisk runs it: a process that speaks AGI on its standard streams."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "deploy" / "agi-bin" / "line-check"
ENVIRONMENT = "agi_request: line-check\nagi_callerid: {caller}\n\n"


def run(caller: str, *replies: str) -> tuple[int, list[str]]:
    """Give all replies at once; the exit code and the commands it sent."""
    given = ENVIRONMENT.format(caller=caller) + "".join(f"{reply}\n" for reply in replies)
    done = subprocess.run(
        [sys.executable, str(SCRIPT)], input=given, capture_output=True, text=True, timeout=20,
        check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return done.returncode, [line.strip() for line in done.stdout.splitlines() if line.strip()]


OK = "200 result=0"


def test_says_the_number_and_the_keys_until_hash() -> None:
    replies = (
        OK,
        OK,
        f"200 result={ord('5')}",
        OK,
        f"200 result={ord('*')}",
        OK,
        f"200 result={ord('#')}",
    )
    code, said = run("13800000001", *replies)
    assert code == 0
    assert [line.split('"')[0].strip() for line in said] == [
        "ANSWER", "SAY DIGITS", "WAIT FOR DIGIT 8000", "SAY DIGITS", "WAIT FOR DIGIT 8000",
        "STREAM FILE beep", "WAIT FOR DIGIT 8000",
    ]  # fmt: skip
    assert "13800000001" in said[1]


def test_ends_after_silence() -> None:
    code, said = run("13800000001", OK, OK, OK)
    assert code == 0
    assert said[-1] == "WAIT FOR DIGIT 8000"


@pytest.mark.parametrize("caller", ["", "unknown", "anonymous;x"])
def test_a_withheld_number_is_not_said(caller: str) -> None:
    code, said = run(caller, OK, OK)
    assert code == 0
    assert said == ["ANSWER", "WAIT FOR DIGIT 8000"]


def test_a_caller_who_leaves_ends_it() -> None:
    code, _ = run("13800000001", OK, "200 result=-1 (hangup)")
    assert code == 1
