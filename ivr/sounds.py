"""Uploaded sound becomes a prompt: told by what it holds, levelled, in the form that Asterisk plays.

Nothing of a file is trusted: its kind is read from its first bytes, it is decoded by programs of
their own with a time limit, and no more of it than the longest prompt.
"""

import subprocess
import tempfile
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path

import numpy as np

from callcenter.calls.sound import RATE, read_samples, write_wave
from callcenter.core.loudness import Silence, levelled
from ivr.webm import EBML, NoSound, ogg_of

LONGEST = 600
"""Seconds."""

_SHORTEST = 0.1
_DEADLINE = 60.0


class Fault(StrEnum):
    UNKNOWN = "unknown"
    UNREADABLE = "unreadable"
    SILENT = "silent"
    TOO_LONG = "too_long"


class BadSound(ValueError):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


class Coding(StrEnum):
    WAV = "wav"
    MP3 = "mp3"
    VORBIS = "vorbis"
    OPUS = "opus"
    WEBM = "webm"


def coding_of(head: bytes) -> Coding:
    """By the first bytes of a file; raises BadSound."""
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return Coding.WAV
    if head[:4] == EBML:
        return Coding.WEBM
    if head[:4] == b"OggS":
        if b"OpusHead" in head[:128]:
            return Coding.OPUS
        if b"\x01vorbis" in head[:128]:
            return Coding.VORBIS
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return Coding.MP3
    raise BadSound(Fault.UNKNOWN)


def convert(source: Path, target: Path) -> float:
    """Write `target` as 8 kHz 16-bit mono WAV; its seconds. Blocks. Raises BadSound."""
    with source.open("rb") as stream:
        coding = coding_of(stream.read(256))
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.wav"
        if coding is Coding.WEBM:
            source, coding = _repacked(source, Path(folder) / "sent.opus"), Coding.OPUS
        _decode(source, coding, plain)
        samples = read_samples(plain)
    seconds = len(samples) / RATE
    if seconds > LONGEST:
        raise BadSound(Fault.TOO_LONG)
    if seconds < _SHORTEST:
        raise BadSound(Fault.UNREADABLE)
    try:
        level = levelled(samples.astype(float) / 32768)
    except Silence as error:
        raise BadSound(Fault.SILENT) from error
    write_wave(target, [np.round(level * 32767).astype("<i2")])
    return seconds


def _repacked(source: Path, target: Path) -> Path:
    """What a browser recorded, as a file that the decoder reads."""
    try:
        target.write_bytes(ogg_of(source.read_bytes()))
    except NoSound as error:
        raise BadSound(Fault.UNREADABLE) from error
    return target


def _decode(source: Path, coding: Coding, target: Path) -> None:
    """At most a second more than the longest prompt is read, whatever the file would unfold to."""
    form = ["-t", "wav", "-c", "1", "-r", str(RATE), "-b", "16", "-e", "signed-integer"]
    cut = ["trim", "0", str(LONGEST + 1)]
    decoder = ["opusdec", "--quiet", "--rate", "16000", "--force-wav", str(source), "-"]
    given = "-" if coding is Coding.OPUS else str(source)
    kind = "wav" if coding is Coding.OPUS else coding.value
    sox = ["sox", "-V1", "-D", "-t", kind, given, *form, str(target), *cut]
    with ExitStack() as stack:
        stream = None
        if coding is Coding.OPUS:
            quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
            opening = stack.enter_context(subprocess.Popen(decoder, **quiet))  # type: ignore[call-overload]
            stack.callback(opening.kill)
            stream = opening.stdout
        try:
            subprocess.run(sox, stdin=stream, capture_output=True, check=True, timeout=_DEADLINE)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            raise BadSound(Fault.UNREADABLE) from error
