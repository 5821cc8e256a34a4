"""Sounds as Asterisk writes them: 8 kHz, 16 bits; and what can be heard in them."""

import io
import time
import wave
from collections.abc import Awaitable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np

from callcenter.telephony.provisioning.sounds import CHORDS

RATE = 8000
FULL_SCALE = 32768
HALF_A_TONE = 5.0
"""Hertz; less than half the distance of two neighbouring pitches of the music."""
SPOKEN, SILENT = -45.0, -65.0
"""dB below full scale; in between nothing is expected."""
MARGIN = 0.4
"""Seconds at each end of a stretch: our clock is not the channel's."""

T = TypeVar("T")


class NoProgress:
    """For work that is called without a queue."""

    def step(self, done: int, total: int) -> None:
        assert done <= total


def tone(seconds: float, frequency: float = 440, loudness: float = 0.5) -> np.ndarray:
    moments = np.arange(int(seconds * RATE)) / RATE
    return (np.sin(2 * np.pi * frequency * moments) * loudness * 32767).astype("<i2")


def write_tone(file: Path, seconds: float, frequency: float = 440) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(file), "wb") as sound:
        sound.setparams((1, 2, RATE, 0, "NONE", ""))
        sound.writeframes(tone(seconds, frequency).tobytes())


def read_channels(content: bytes) -> list[np.ndarray]:
    """The samples of each channel of a finished WAV."""
    with wave.open(io.BytesIO(content)) as sound:
        assert (sound.getframerate(), sound.getsampwidth()) == (RATE, 2)
        frames = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")
        return list(frames.reshape(-1, sound.getnchannels()).T)


def between(samples: np.ndarray, start: float, end: float) -> np.ndarray:
    """The stretch from `start` to `end`, in seconds; it must be there."""
    part = samples[int(start * RATE) : int(end * RATE)]
    assert len(part) >= (end - start) * RATE * 0.9, f"{len(samples) / RATE:.1f} s are too short"
    return part


def level(samples: np.ndarray) -> float:
    """Root mean square in dB below full scale; speech is about -25, digital silence -96."""
    power = float(np.mean(np.square(samples.astype(np.float64)))) if len(samples) else 0.0
    return 10 * float(np.log10(max(power, 0.25) / FULL_SCALE**2))


def share_of_music(samples: np.ndarray) -> float:
    """How much of the energy is at the pitches of the music on hold, 0 to 1."""
    spectrum = np.square(np.abs(np.fft.rfft(samples * np.hanning(len(samples)))))
    frequencies = np.fft.rfftfreq(len(samples), 1 / RATE)
    pitches = np.array(sorted({pitch for chord in CHORDS for pitch in chord}))
    near = np.abs(frequencies[:, None] - pitches).min(axis=1) < HALF_A_TONE
    return float(spectrum[near].sum() / max(spectrum.sum(), 1.0))


@dataclass
class Moments:
    """What happened when, in seconds of the epoch. margin: see MARGIN."""

    margin: float = MARGIN
    stretches: dict[str, tuple[float, float]] = field(default_factory=dict)

    async def during(self, what: str, doing: Awaitable[T]) -> T:
        start = time.time()
        result = await doing
        self.stretches[what] = (start, time.time())
        return result

    def cut(self, samples: np.ndarray, began: float, what: str) -> np.ndarray:
        """The stretch of a sound that began at `began`."""
        start, end = (moment - began for moment in self.stretches[what])
        return between(samples, start + self.margin, end - self.margin)


def likeness(heard: np.ndarray, said: np.ndarray) -> float:
    """How much what was said is like something in what was heard, wherever it is: 0 to 1.

    Of a stretch of about a second: what came through a call is above 0.9, other words below 0.5.
    """
    part, sound = said.astype(np.float64), heard.astype(np.float64)
    if len(sound) < len(part):
        return 0.0
    size = 1 << (len(sound) + len(part)).bit_length()
    product = np.fft.rfft(sound, size) * np.conj(np.fft.rfft(part, size))
    places = np.fft.irfft(product, size)[: len(sound) - len(part) + 1]
    sums = np.concatenate(([0.0], np.cumsum(sound * sound)))
    energy = sums[len(part) :] - sums[: -len(part)]
    # Silence is like nothing: below it the quotient would be noise.
    loud = np.maximum(energy, 0.01 * float(part @ part))
    return float(np.max(places / np.sqrt(loud * float(part @ part))))
