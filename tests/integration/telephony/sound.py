"""What can be measured on a recording."""

import io
import wave
from array import array


def loudness(content: bytes) -> float:
    """Mean amplitude of a 16-bit WAV."""
    with wave.open(io.BytesIO(content)) as recorded:
        samples = array("h", recorded.readframes(recorded.getnframes()))
    return sum(map(abs, samples)) / len(samples)
