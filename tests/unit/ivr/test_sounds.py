"""Uploaded sound is told by what it holds; nothing else becomes a prompt."""

import numpy as np
import pytest

from callcenter.calls.sound import write_wave
from ivr.sounds import BadSound, Coding, Fault, coding_of, convert


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


def test_a_file_of_silence_is_no_prompt(tmp_path):
    write_wave(tmp_path / "sent.wav", [np.zeros(8000, dtype="<i2")])
    with pytest.raises(BadSound) as refused:
        convert(tmp_path / "sent.wav", tmp_path / "made.wav")
    assert refused.value.fault is Fault.SILENT
