"""How loud speech is, and prompts of whatever origin made equally loud. Pure."""

from typing import Any

import numpy as np

RATE = 8000
LOUDNESS = -20.0
"""What speech is levelled to: dB below full scale, of what is not silence."""

_SILENCE = -60.0
_BLOCK = RATE * 4 // 10
_KNEE = 0.7
"""Of full scale: what is louder is pressed together instead of cut off."""

Samples = np.ndarray[Any, np.dtype[np.float64]]


class Silence(ValueError):
    """There is nothing to hear."""


def levelled(samples: Samples) -> Samples:
    """As loud as all prompts are; raises Silence. Samples of 8 kHz, full scale is 1."""
    loudness = loudness_of(samples)
    if loudness < _SILENCE:
        raise Silence
    return _pressed(samples * 10 ** ((LOUDNESS - loudness) / 20))


def loudness_of(samples: Samples) -> float:
    """DB below full scale, over the blocks that are no pauses (the gates of ITU-R BS.1770)."""
    count = max(1, len(samples) // _BLOCK)
    blocks = np.array_split(samples, count)
    powers = np.array([float(np.mean(block**2)) for block in blocks if len(block)])
    heard = powers[powers > 10 ** (-70 / 10)]
    if not len(heard):
        return -100.0
    gate = np.mean(heard) / 10
    return float(10 * np.log10(np.mean(heard[heard > gate])))


def _pressed(samples: Samples) -> Samples:
    over = np.abs(samples) > _KNEE
    room = 1 - _KNEE
    pressed = samples.copy()
    high = np.abs(samples[over])
    pressed[over] = np.sign(samples[over]) * (_KNEE + room * np.tanh((high - _KNEE) / room))
    return pressed
