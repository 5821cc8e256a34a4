"""Speech synthesis behind one interface; espeak-ng and sox are the engine that is always there."""

import subprocess
import tempfile
from pathlib import Path
from typing import Protocol

SAMPLE_RATE = 8000
# Not "cmn": espeak-ng 1.51 reads that voice's pinyin as English, 好 as "hao three" (its issue 1044).
_VOICES = {"zh-CN": "cmn-latn-pinyin", "en": "en"}
_WORDS_A_MINUTE = "150"
_DEADLINE = 30.0
_LEAST_BYTES = 44 + SAMPLE_RATE * 2 // 10
"""A WAV of a tenth of a second: anything shorter is the padding alone."""


class SpeechFailed(Exception):
    """The engine made no speech of this text; says why."""


class Speech(Protocol):
    """An engine. name: part of what a prompt's file is named after, so a new voice is a new file."""

    name: str

    def synthesise(self, text: str, language: str, target: Path) -> None:
        """Write `target` as 8 kHz 16-bit mono WAV; raises SpeechFailed. Blocks."""
        ...


class EspeakSpeech:
    name = "espeak-ng-2"

    def synthesise(self, text: str, language: str, target: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            raw = Path(folder) / "raw.wav"
            # The text goes by standard input: one that begins with a dash is no option.
            speak = ["espeak-ng", "-b", "1", "-v", _VOICES[language], "-s", _WORDS_A_MINUTE]
            _run([*speak, "--stdin", "-w", str(raw)], text.encode())
            # trim off espeak's long silences, level to -3 dB, leave a breath at the end
            form = ["-c", "1", "-b", "16", "-e", "signed-integer"]
            silence = ["silence", "1", "0.01", "0.1%", "reverse"]
            effects = [
                "rate",
                str(SAMPLE_RATE),
                "norm",
                "-3",
                *silence,
                *silence,
                "pad",
                "0",
                "0.06",
            ]
            _run(["sox", "-V1", "-D", str(raw), *form, str(target), *effects], b"")
        if target.stat().st_size < _LEAST_BYTES:
            raise SpeechFailed(f"nothing to hear in {text[:40]!r}")


def _run(command: list[str], given: bytes) -> None:
    try:
        subprocess.run(command, input=given, capture_output=True, check=True, timeout=_DEADLINE)
    except FileNotFoundError as error:
        raise SpeechFailed(f"{command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise SpeechFailed(f"{command[0]} did not end in {_DEADLINE:.0f} s") from error
    except subprocess.CalledProcessError as error:
        raise SpeechFailed(
            f"{command[0]}: {error.stderr.decode(errors='replace')[:200]}"
        ) from error
