"""Text to a spoken WAV that Asterisk plays: 8 kHz, mono, plain 16-bit PCM; made once and kept."""

import hashlib
import subprocess
from pathlib import Path

VOICES = {"zh": "cmn", "en": "en"}
DEADLINE = 30


def speech(folder: Path, text: str, language: str = "zh") -> Path:
    """The file with `text` spoken. Raises CalledProcessError when espeak-ng or sox fails."""
    key = hashlib.sha256(f"{language}:{text}".encode()).hexdigest()[:16]
    file = folder / f"{key}.wav"
    if file.exists():
        return file
    folder.mkdir(parents=True, exist_ok=True)
    spoken = _run(["espeak-ng", "-v", VOICES[language], "--stdin", "--stdout"], text.encode())
    draft = folder / f"{key}.draft.wav"
    # -b 16: otherwise sox writes an extensible header, which Asterisk does not read.
    _run(["sox", "-t", "wav", "-", "-r", "8000", "-c", "1", "-b", "16", str(draft)], spoken)
    return draft.replace(file)


def _run(command: list[str], given: bytes) -> bytes:
    return subprocess.run(
        command, input=given, capture_output=True, check=True, timeout=DEADLINE
    ).stdout
