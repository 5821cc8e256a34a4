"""Prompts made by the real espeak-ng and sox can be heard, and are what Asterisk takes."""

import json
import subprocess
import wave
from pathlib import Path
from threading import Event
from uuid import UUID

import numpy as np
import pytest

from callcenter.core.loudness import LOUDNESS, loudness_of
from callcenter.core.speech import VOICES, EspeakSpeech, NothingToHear, SpeechFailed
from callcenter.telephony.provisioning.render import TEMPLATES
from ivr.demo import demo_definition
from ivr.model import LANGUAGES, Clip
from ivr.phrases import phrase, phrase_clips
from ivr.prompts import PromptLibrary
from ivr.speaking import spoken_words
from ivr.validation import clips_of, read

pytestmark = pytest.mark.integration
HELLO = (Clip("zh-CN", "您好，欢迎致电。"), Clip("en", "Hello, and welcome."))


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return PromptLibrary(tmp_path_factory.mktemp("prompts"), EspeakSpeech())


def samples(file):
    with wave.open(str(file)) as sound:
        assert (sound.getframerate(), sound.getsampwidth(), sound.getnchannels()) == (8000, 2, 1)
        frames = sound.readframes(sound.getnframes())
    return np.frombuffer(frames, dtype="<i2").astype(float) / 32768


def test_every_prompt_of_the_demo_can_be_heard(tmp_path):
    library = PromptLibrary(tmp_path, EspeakSpeech())
    flow = read(demo_definition(UUID(int=1)), owner="enterprise")
    clips = clips_of(flow)
    assert library.ensure(clips, flow.owner) == len(clips)
    for clip in clips:
        heard = samples(library.file(clip, flow.owner))
        assert loudness_of(heard) == pytest.approx(LOUDNESS, abs=1), clip
        assert np.max(np.abs(heard)) < 0.99, clip
        assert 0.12 < len(heard) / 8000 < 15, clip


def test_prompts_begin_and_end_without_a_pause(library):
    library.ensure(HELLO)
    for clip in HELLO:
        heard = samples(library.file(clip))
        assert np.max(np.abs(heard[:800])) > 0.01
        assert np.max(np.abs(heard[-1200:])) > 0.005


def test_longer_texts_take_longer(library):
    words = [Clip("en", "seven"), Clip("en", "seven seven seven seven seven seven")]
    library.ensure(words)
    short, long = (len(samples(library.file(clip))) for clip in words)
    assert long > 3 * short


def test_mandarin_is_spoken_without_english_number_words():
    """The voice `cmn` of espeak-ng 1.51 says 好 as "hao three"; ours must not switch to English."""
    command = ["espeak-ng", "-q", "-x", "-b", "1", "-v", VOICES["zh-CN"], "--stdin"]
    of_asterisk = json.loads((TEMPLATES / "prompts.json").read_text()).values()
    for text in ("您好，报修请按一。", *(texts["zh-CN"] for texts in of_asterisk)):
        spoken = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
        assert "(en)" not in spoken.stdout.decode(), text


def test_making_again_makes_nothing_and_changes_no_file(library):
    library.ensure(HELLO)
    before = [library.file(clip).stat().st_mtime_ns for clip in HELLO]
    assert library.ensure(HELLO) == 0
    assert [library.file(clip).stat().st_mtime_ns for clip in HELLO] == before


def test_asterisk_is_given_paths_without_ending(library):
    library.ensure(HELLO)
    for path, clip in zip(library.paths(HELLO), HELLO, strict=True):
        assert Path(f"{path}.wav") == library.file(clip)
        assert Path(path).is_absolute()


def test_files_can_be_read_by_another_user_and_nothing_else_is_left(library):
    library.ensure(HELLO)
    for clip in HELLO:
        file = library.file(clip)
        assert file.stat().st_mode & 0o777 == 0o644
        assert all(not other.name.startswith(".") for other in file.parent.iterdir())


def test_a_text_with_nothing_to_say_fails_and_leaves_no_file(tmp_path):
    library = PromptLibrary(tmp_path, EspeakSpeech())
    with pytest.raises(NothingToHear):
        library.ensure([Clip("en", " ")])
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


class Dumb:
    """An engine that cannot say the first, and takes its time for all others."""

    name = "dumb"

    def __init__(self):
        self.asked = []
        self.never = Event()

    def synthesise(self, text, _language, _target):
        self.asked.append(text)
        if text == "00":
            raise SpeechFailed
        self.never.wait(0.02)


def test_after_one_that_fails_no_others_are_begun(tmp_path):
    speech = Dumb()
    clips = [Clip("en", f"{number:02}") for number in range(50)]
    with pytest.raises(SpeechFailed):
        PromptLibrary(tmp_path, speech).ensure(clips)
    assert "00" in speech.asked
    assert len(speech.asked) < len(clips)


@pytest.mark.parametrize("text", ["--help", "-w /tmp/x", "$(reboot)", "; rm -rf /", "<b>hi</b>"])
def test_a_hostile_text_is_only_read_out(library, text):
    assert library.ensure([Clip("en", text)]) == 1


def test_the_position_in_the_queue_is_composed_of_shared_clips(library):
    library.ensure_shared()
    assert phrase_clips() | spoken_words(LANGUAGES) >= {
        clip
        for language in LANGUAGES
        for place in (1, 12, 345)
        for clip in phrase("queue.position", language, place)
    }
    clips = phrase("queue.position", "zh-CN", 12)
    assert [clip.text for clip in clips] == ["您排在第", "十", "二", "位，请稍候。"]
    assert len(library.paths(clips, "whoever")) == len(clips)
