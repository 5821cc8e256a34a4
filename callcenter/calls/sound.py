"""The sound of a recording: raw files read, takes laid over a side, sides mixed, written and drawn."""

import os
import wave
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

RATE = 8000
PEAKS_A_SECOND = 50

Samples = np.ndarray[Any, np.dtype[np.int16]]


def began(take: Path) -> float:
    """Seconds of the epoch, from the milliseconds in its name."""
    return int(take.stem.rpartition("-")[2]) / 1000


def lay(side: Samples, start: datetime, takes: list[Path]) -> Samples:
    """The side, which began at `start`, with each take in place of what it had there."""
    for take in takes:
        samples = read_samples(take)
        first = max(0, round((began(take) - start.timestamp()) * RATE))
        whole = np.zeros(max(len(side), first + len(samples)), dtype="<i2")
        whole[: len(side)] = side
        whole[first : first + len(samples)] = samples
        side = whole
    return side


def read_samples(file: Path) -> Samples:
    """The samples of a mono 16-bit WAV, also of one whose header was never finished."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        content = b""
    start = content.find(b"data")
    body = content[start + 8 :] if start >= 0 else b""
    return np.frombuffer(body[: len(body) // 2 * 2], dtype="<i2")


def mix(sides: list[Samples]) -> Samples:
    """Both at once; what is too loud for 16 bits is cut off."""
    loud = np.zeros(max(len(side) for side in sides), dtype=np.int32)
    for side in sides:
        loud[: len(side)] += side
    return np.clip(loud, -32768, 32767).astype("<i2")


def write_wave(file: Path, channels: list[Samples]) -> bytes:
    """Write the channels as one WAV, whole or not at all; returns its bytes."""
    frames = np.zeros((max(len(side) for side in channels), len(channels)), dtype="<i2")
    for channel, side in enumerate(channels):
        frames[: len(side), channel] = side
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".part")
    with draft.open("wb") as stream:
        with wave.open(stream, "wb") as sound:
            sound.setparams((len(channels), 2, RATE, len(frames), "NONE", ""))
            sound.writeframes(frames.tobytes())
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)
    return file.read_bytes()


def peaks(samples: Samples, length: int) -> list[int]:
    """The loudest of every 1/50 s, 0-100; silence follows up to `length` samples."""
    width = RATE // PEAKS_A_SECOND
    padded = np.zeros(-(-length // width) * width, dtype=np.int32)
    padded[: len(samples)] = np.abs(samples.astype(np.int32))
    loudest = padded.reshape(-1, width).max(axis=1, initial=0)
    return [int(value) for value in np.round(loudest * 100 / 32768)]
