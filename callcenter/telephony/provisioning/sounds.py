"""What callers hear that no one recorded: spoken messages and the music they wait with."""

import json
import wave
from pathlib import Path

import numpy as np

from callcenter.core.loudness import RATE
from callcenter.core.speech import Speech
from callcenter.telephony.provisioning.render import TEMPLATES

CHORDS = (
    (261.6, 329.6, 392.0),
    (220.0, 261.6, 329.6),
    (174.6, 220.0, 261.6),
    (196.0, 246.9, 293.7),
)
MUSIC = {"default": (2200, 4), "soft": (1100, 8)}
"""The classes of config/asterisk/musiconhold.conf.j2: how loud, and seconds for a chord."""


def make_sounds(home: Path, speech: Speech) -> None:
    """Make what is missing under `home`: prompts/<language>/<name>.wav, moh/<kind>/hold.wav.

    Raises SpeechFailed.
    """
    texts: dict[str, dict[str, str]] = json.loads((TEMPLATES / "prompts.json").read_text())
    for label, by_language in texts.items():
        for language, text in by_language.items():
            _keep(home / "prompts" / language / f"{label}.wav", text, language, speech)
    for kind, (loudness, seconds) in MUSIC.items():
        music = home / "moh" / kind / "hold.wav"
        if not music.exists():
            music.parent.mkdir(parents=True, exist_ok=True)
            _write_music(music, loudness, seconds)


def _keep(file: Path, text: str, language: str, speech: Speech) -> None:
    """Speak `text` into `file` unless that was done; voice and text are kept beside it to tell."""
    told = file.with_suffix(".txt")
    wanted = f"{speech.name}\n{text}"
    if file.exists() and told.exists() and told.read_text() == wanted:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    # Asterisk may be playing the one that is there.
    draft = file.with_suffix(".part")
    speech.synthesise(text, language, draft)
    draft.replace(file)
    told.write_text(wanted)


def _write_music(file: Path, loudness: int, seconds: int) -> None:
    """Four soft chords that come and go, in one loop without a seam."""
    at = np.arange(seconds * RATE) / RATE
    swell = np.sin(np.pi * at / seconds) ** 2
    tones = [sum(np.sin(2 * np.pi * pitch * at) for pitch in chord) for chord in CHORDS]
    samples = np.concatenate([loudness * swell * tone for tone in tones]).astype("<i2")
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
