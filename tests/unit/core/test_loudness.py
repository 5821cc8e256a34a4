"""Quiet and loud become equally loud, without their peaks cut off."""

import numpy as np
import pytest

from callcenter.core.loudness import LOUDNESS, RATE, Silence, levelled, loudness_of


def tone(seconds, level, hertz=440):
    moments = np.arange(int(seconds * RATE)) / RATE
    return np.sin(2 * np.pi * hertz * moments) * level


@pytest.mark.parametrize("level", [0.01, 0.1, 0.5, 1.0])
def test_quiet_and_loud_become_equally_loud(level):
    assert loudness_of(levelled(tone(2, level))) == pytest.approx(LOUDNESS, abs=0.5)


def test_pauses_do_not_make_the_speech_between_them_louder():
    plain, paused = tone(1, 0.1), np.concatenate([tone(1, 0.1), np.zeros(5 * RATE)])
    assert loudness_of(paused) == pytest.approx(loudness_of(plain), abs=1)


def test_a_peak_in_quiet_speech_is_pressed_and_not_cut_off():
    samples = tone(2, 0.02)
    samples[100:110] = 0.9
    level = levelled(samples)
    assert 0.9 < np.max(np.abs(level)) <= 1.0
    assert len(set(level[100:110])) == 1


@pytest.mark.parametrize("samples", [np.zeros(RATE), tone(1, 0.0001)])
def test_silence_is_no_prompt(samples):
    with pytest.raises(Silence):
        levelled(samples)
