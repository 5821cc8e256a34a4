"""What can be measured on a recording."""

import wave
from array import array
from pathlib import Path


def loudness(file: Path) -> float:
    """Mean amplitude of a 16-bit WAV."""
    with wave.open(str(file)) as recorded:
        samples = array("h", recorded.readframes(recorded.getnframes()))
    return sum(map(abs, samples)) / len(samples)
