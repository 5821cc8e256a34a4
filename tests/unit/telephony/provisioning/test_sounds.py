"""What Asterisk says by itself is spoken once, and anew when its text or the voice changes."""

import json

from callcenter.telephony.provisioning.render import TEMPLATES
from callcenter.telephony.provisioning.sounds import make_sounds


class Voice:
    """Writes down what it is to say instead of saying it."""

    def __init__(self, name="first"):
        self.name, self.said = name, []

    def synthesise(self, text, language, target):
        self.said.append((language, text))
        target.write_text(f"{self.name}: {text}")


def messages():
    texts = json.loads((TEMPLATES / "prompts.json").read_text())
    return [(language, text) for each in texts.values() for language, text in each.items()]


def test_each_message_is_spoken_once(tmp_path):
    first, again = Voice(), Voice()
    make_sounds(tmp_path, first)
    make_sounds(tmp_path, again)
    assert first.said == messages()
    assert again.said == []


def test_an_installed_home_hears_the_new_voice(tmp_path):
    make_sounds(tmp_path, Voice("first"))
    make_sounds(tmp_path, Voice("second"))
    spoken = [file.read_text() for file in (tmp_path / "prompts").rglob("*.wav")]
    assert len(spoken) == len(messages())
    assert all(text.startswith("second: ") for text in spoken)


def test_what_was_spoken_before_the_voice_was_kept_is_spoken_anew(tmp_path):
    file = tmp_path / "prompts" / "zh-CN" / "paused.wav"
    file.parent.mkdir(parents=True)
    file.write_text("an old voice")
    text = json.loads((TEMPLATES / "prompts.json").read_text())["paused"]["zh-CN"]
    file.with_suffix(".txt").write_text(text)
    make_sounds(tmp_path, Voice("new"))
    assert file.read_text() == f"new: {text}"
