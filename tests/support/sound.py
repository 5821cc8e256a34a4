"""Sounds as Asterisk writes them: mono, 8 kHz, 16 bits."""

import wave
from pathlib import Path

import numpy as np

RATE = 8000


class NoProgress:
    """For work that is called without a queue."""

    def step(self, done: int, total: int) -> None:
        assert done <= total


def tone(seconds: float, frequency: float = 440, loudness: float = 0.5) -> np.ndarray:
    moments = np.arange(int(seconds * RATE)) / RATE
    return (np.sin(2 * np.pi * frequency * moments) * loudness * 32767).astype("<i2")


def write_tone(file: Path, seconds: float, frequency: float = 440) -> None:
    with wave.open(str(file), "wb") as sound:
        sound.setparams((1, 2, RATE, 0, "NONE", ""))
        sound.writeframes(tone(seconds, frequency).tobytes())
