import os
from dataclasses import replace
from pathlib import Path

import pytest

from callcenter.telephony.provisioning.filters import UnsafeSetting
from callcenter.telephony.provisioning.model import AccessNumber, Extension, Keys, Service, Trunk
from callcenter.telephony.provisioning.render import render
from tests.unit.telephony.provisioning.models import ENTERPRISE, empty_model, small_model

GOLDEN = Path(__file__).parents[3] / "golden" / "asterisk"
FILES = sorted(render(small_model()))


@pytest.mark.parametrize("name", FILES)
def test_a_small_installation_looks_as_it_did(name: str) -> None:
    text = render(small_model())[name]
    if os.environ.get("CALLCENTER_GOLDEN") == "write":
        (GOLDEN / name).write_text(text)
    assert text == (GOLDEN / name).read_text()


def test_the_golden_files_are_those_that_are_made() -> None:
    assert sorted(file.name for file in GOLDEN.glob("*.conf")) == FILES


def test_an_empty_database_gives_every_file() -> None:
    assert sorted(render(empty_model())) == FILES


def test_a_name_cannot_mean_anything() -> None:
    files = render(small_model())
    assert 'callerid = "张三 Zoë SHELL(x) x #include y 😀 evil" <8001>' in files["pjsip.conf"]
    assert "; 张三 Zoë SHELL(x) x #include y 😀 evil\n" in files["queues.conf"]


def test_a_paused_number_reaches_nobody() -> None:
    files = render(small_model())
    assert "exten => 02160000009,1,Goto(message,paused,1)" in files["extensions.conf"]


def test_a_paused_number_says_its_own_words_one_language_after_the_other() -> None:
    said = (Path("/srv/prompts/zh-CN/a1"), Path("/srv/prompts/en/b2"))
    number = AccessNumber(
        "02160000009",
        "100001",
        ENTERPRISE,
        enabled=False,
        spellings=("+862160000009",),
        paused=said,
    )
    text = render(replace(small_model(), access_numbers=(number,)))["extensions.conf"]
    assert (
        "exten => 02160000009,1,Answer()\n"
        " same => n,Playback(/srv/prompts/zh-CN/a1&/srv/prompts/en/b2)\n"
        " same => n,Hangup()\n"
        "exten => +862160000009,1,Goto(inbound,02160000009,1)\n"
    ) in text


BAD_TEXTS = ["", "a b", "a;b", "a,b", "a\nb", "${X}", "a]", "ä", "-a", "a" * 100]


@pytest.mark.parametrize("bad", BAD_TEXTS)
def test_a_bad_name_is_refused(bad: str) -> None:
    for change in (
        {"services": (Service(bad),)},
        {"trunks": (Trunk(bad, "127.0.0.1", 5060, ()),)},
        {"extensions": (Extension(bad, "x" * 24, "8001", "", "100001", ENTERPRISE),)},
        {"access_numbers": (AccessNumber("021", "100001", ENTERPRISE, queue=bad or " "),)},
    ):
        with pytest.raises(UnsafeSetting):
            render(replace(small_model(), **change))


@pytest.mark.parametrize("bad", ["", "138x", "1;2", "*43", "1,2", "+", "1" * 21])
def test_a_bad_number_is_refused(bad: str) -> None:
    numbers = (AccessNumber(bad, "100001", ENTERPRISE),)
    with pytest.raises(UnsafeSetting):
        render(replace(small_model(), access_numbers=numbers))


@pytest.mark.parametrize("bad", ["short", "x" * 20 + ";", "x" * 20 + "\n", ""])
def test_a_bad_secret_is_refused_and_not_told(bad: str) -> None:
    with pytest.raises(UnsafeSetting) as refusal:
        render(replace(small_model(), keys=Keys(bad, "t" * 20)))
    assert "xxx" not in str(refusal.value)


def test_two_with_one_name_are_refused() -> None:
    model = small_model()
    with pytest.raises(UnsafeSetting):
        render(replace(model, services=model.services * 2))
