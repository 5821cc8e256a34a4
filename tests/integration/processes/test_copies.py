"""A program can begin as a copy of who starts it; to the world it is one that was started anew."""

import subprocess
import sys

import pytest

from tests.support.stack import PROJECT

pytestmark = pytest.mark.integration

MAKER = """
import os, signal, sys
from callcenter.core.ids import new_id
from callcenter.processes.copies import Copy, load, loaded

signal.signal(signal.SIGTERM, lambda *_: print("the maker's handler", flush=True))
"""


def of_a_maker(program: str) -> list[str]:
    """What is said when this is done by a process that can be copied: it has one thread."""
    done = subprocess.run(
        [sys.executable, "-c", MAKER + program],
        cwd=PROJECT, capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip
    return done.stdout.splitlines()


def test_it_ends_by_a_signal_that_its_maker_would_survive() -> None:
    said = of_a_maker("""
copy = Copy(signal.pause)
copy.send_signal(signal.SIGTERM)
print(copy.wait(), copy.poll())
""")
    assert said[-1] == "-15 -15"
    assert "the maker's handler" not in said


def test_it_tells_how_it_ended() -> None:
    ends = ("lambda: None", "lambda: sys.exit(3)", "lambda: 1 / 0")
    assert of_a_maker(f"print([Copy(end).wait() for end in ({', '.join(ends)})])") == ["[0, 3, 1]"]


def test_it_runs_until_it_ends() -> None:
    said = of_a_maker("""
copy = Copy(signal.pause)
print(copy.poll())
copy.kill()
print(copy.wait())
""")
    assert said == ["None", "-9"]


def test_it_leads_a_session_and_speaks_where_it_is_told_to() -> None:
    said = of_a_maker("""
reading, writing = os.pipe()
copy = Copy(lambda: print(os.getsid(0) == os.getpid()), output=writing)
os.close(writing)
print("heard:", os.fdopen(reading).read().strip())
""")
    assert said == ["heard: True"]


def test_no_two_copies_make_the_same_ids() -> None:
    said = of_a_maker("""
new_id()
copies = [Copy(lambda: print(new_id().hex[16:])) for _ in range(2)]
print([copy.wait() for copy in copies])
""")
    assert said[-1] == "[0, 0]"
    assert len({*said}) == 3


@pytest.mark.parametrize(
    ("command", "module", "arguments"),
    [
        (
            "python -m callcenter.processes.keep a thing",
            "callcenter.processes.keep",
            ["callcenter.processes.keep", "a", "thing"],
        ),
        (
            "python -m callcenter.telephony.provisioning",
            "callcenter.telephony.provisioning.__main__",
            ["callcenter.telephony.provisioning"],
        ),
        (
            "gunicorn -c a.file callcenter.core.ids:new_id()",
            "gunicorn.app.wsgiapp",
            ["gunicorn", "-c", "a.file", "callcenter.core.ids:new_id()"],
        ),
    ],
)
def test_a_program_that_is_loaded_runs_as_its_command_would(
    command: str, module: str, arguments: list[str]
) -> None:
    said = of_a_maker(f"""
command = {command.split()!r}
print(loaded(command))
load(command)
module = sys.modules[{module!r}]
module.main = module.run = lambda: print(sys.argv)
Copy(loaded(command)).wait()
""")
    assert said == ["None", str(arguments)]


def test_what_is_no_program_of_ours_is_started_as_it_is() -> None:
    assert of_a_maker("""
load(("nginx", "-c", "file"))
print(loaded(("nginx", "-c", "file")), loaded(("python", "-c", "1")))
""") == ["None None"]
