"""Speech synthesis behind one interface; espeak-ng and sox are the engine that is always there."""

import subprocess
import wave
from pathlib import Path
from typing import Protocol

import numpy as np

from callcenter.core.loudness import RATE, Samples, Silence, levelled

# Not "cmn": espeak-ng 1.51 reads that voice's pinyin as English, 好 as "hao three" (its issue 1044).
VOICES = {"zh-CN": "cmn-latn-pinyin", "en": "en"}
_WORDS_A_MINUTE = "150"
_DEADLINE = 30.0
_BREATH = RATE * 6 // 100


class SpeechFailed(Exception):
    """The engine made no speech of this text; says why."""


class NothingToHear(SpeechFailed):
    """The engine is well, the text has no word in it: punctuation alone."""


class Speech(Protocol):
    """An engine. name: part of what a prompt's file is named after, so a new voice is a new file."""

    name: str

    def synthesise(self, text: str, language: str, target: Path) -> None:
        """Write `target` as 8 kHz 16-bit mono WAV; raises SpeechFailed. Blocks."""
        ...


class EspeakSpeech:
    name = "espeak-ng-3"

    def synthesise(self, text: str, language: str, target: Path) -> None:
        speak = ["espeak-ng", "-b", "1", "-v", VOICES[language], "-s", _WORDS_A_MINUTE]
        # The text goes by standard input: one that begins with a dash is no option.
        spoken = _run([*speak, "--stdin", "--stdout"], text.encode())
        raw = ["-t", "raw", "-r", str(RATE), "-c", "1", "-b", "16", "-e", "signed-integer", "-L"]
        # Head room for the filter, and espeak's long silences off both ends.
        silence = ["silence", "1", "0.01", "0.1%", "reverse"]
        effects = ["rate", str(RATE), "norm", "-3", *silence, *silence]
        sound = _run(["sox", "-V1", "-D", "-t", "wav", "-", *raw, "-", *effects], spoken)
        samples = np.frombuffer(sound, dtype="<i2").astype(float) / 32768
        try:
            _write(target, levelled(samples))
        except Silence as error:
            raise NothingToHear(f"nothing to hear in {text[:40]!r}") from error


def speech_engine() -> Speech:
    """What everything is spoken with: prompts of flows, words of numbers, messages of Asterisk."""
    return EspeakSpeech()


def _write(file: Path, samples: Samples) -> None:
    """With a breath at the end: what is said next would run into it."""
    with wave.open(str(file), "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes(np.round(samples * 32767).astype("<i2").tobytes() + bytes(2 * _BREATH))


def _run(command: list[str], given: bytes) -> bytes:
    try:
        done = subprocess.run(
            command, input=given, capture_output=True, check=True, timeout=_DEADLINE
        )
    except FileNotFoundError as error:
        raise SpeechFailed(f"{command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise SpeechFailed(f"{command[0]} did not end in {_DEADLINE:.0f} s") from error
    except subprocess.CalledProcessError as error:
        raise SpeechFailed(
            f"{command[0]}: {error.stderr.decode(errors='replace')[:200]}"
        ) from error
    return done.stdout
