"""Uploaded sound is told by what it holds and levelled; nothing else becomes a prompt."""

import numpy as np
import pytest

from ivr.sounds import LOUDNESS, BadSound, Coding, Fault, coding_of, levelled, loudness_of

RATE = 8000


def tone(seconds, level, hertz=440):
    moments = np.arange(int(seconds * RATE)) / RATE
    return np.sin(2 * np.pi * hertz * moments) * level


@pytest.mark.parametrize(
    ("head", "coding"),
    [
        (b"RIFF\0\0\0\0WAVEfmt ", Coding.WAV),
        (b"ID3\x04", Coding.MP3),
        (b"\xff\xfb\x90", Coding.MP3),
        (b"\xff\xf3\x90", Coding.MP3),
        (b"OggS" + b"\0" * 24 + b"OpusHead", Coding.OPUS),
        (b"OggS" + b"\0" * 24 + b"\x01vorbis", Coding.VORBIS),
    ],
)
def test_a_file_is_told_by_its_first_bytes(head, coding):
    assert coding_of(head) is coding


@pytest.mark.parametrize(
    "head",
    [b"", b"\xff", b"RIFF\0\0\0\0AVI ", b"OggS" + b"\0" * 60, b"<svg>", b"PK\3\4", b"\xff\xd8\xff"],
)
def test_what_is_no_sound_is_refused(head):
    with pytest.raises(BadSound) as refused:
        coding_of(head)
    assert refused.value.fault is Fault.UNKNOWN


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
    with pytest.raises(BadSound) as refused:
        levelled(samples)
    assert refused.value.fault is Fault.SILENT
