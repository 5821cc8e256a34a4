"""Text to a spoken WAV that Asterisk plays: 8 kHz, mono, plain 16-bit PCM; made once and kept."""

import hashlib
import subprocess
import wave
from pathlib import Path

from callcenter.core.speech import VOICES

LANGUAGES = {"zh": "zh-CN", "en": "en"}
DEADLINE = 30
RATE, SILENT_SECONDS = 8000, 10


def speech(folder: Path, text: str, language: str = "zh") -> Path:
    """The file with `text` spoken. Raises CalledProcessError when espeak-ng or sox fails."""
    voice = VOICES[LANGUAGES[language]]
    key = hashlib.sha256(f"{voice}:{text}".encode()).hexdigest()[:16]
    file = folder / f"{key}.wav"
    if file.exists():
        return file
    folder.mkdir(parents=True, exist_ok=True)
    spoken = _run(["espeak-ng", "-b", "1", "-v", voice, "--stdin", "--stdout"], text.encode())
    draft = folder / f"{key}.draft.wav"
    # -b 16: otherwise sox writes an extensible header, which Asterisk does not read.
    _run(["sox", "-t", "wav", "-", "-r", str(RATE), "-c", "1", "-b", "16", str(draft)], spoken)
    return draft.replace(file)


def write_silence(file: Path) -> None:
    """What a phone sends while nobody speaks."""
    with wave.open(str(file), "wb") as sound:
        sound.setparams((1, 2, RATE, 0, "NONE", ""))
        sound.writeframes(bytes(2 * RATE * SILENT_SECONDS))


def _run(command: list[str], given: bytes) -> bytes:
    return subprocess.run(
        command, input=given, capture_output=True, check=True, timeout=DEADLINE
    ).stdout
