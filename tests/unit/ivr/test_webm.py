"""What a browser records is taken out of WebM packet by packet; what is none is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ivr.sounds import BadSound, Coding, coding_of, convert
from ivr.webm import EBML, NoSound, ogg_of

HEAD = b"OpusHead\x01\x01\x38\x01\x80\xbb\x00\x00\x00\x00\x00"
UNKNOWN = b"\x01" + b"\xff" * 7
SEGMENT, CLUSTER, TRACKS = b"\x18\x53\x80\x67", b"\x1f\x43\xb6\x75", b"\x16\x54\xae\x6b"
TWENTY_MS = b"\x78"


def element(name: bytes, content: bytes) -> bytes:
    return name + (len(content) | 1 << 28).to_bytes(4, "big") + content


def track(codec: bytes = b"A_OPUS", number: int = 1, head: bytes = HEAD) -> bytes:
    own = element(b"\xd7", bytes([number])) + element(b"\x86", codec)
    return element(b"\xae", own + element(b"\x63\xa2", head))


def block(packet: bytes, number: int = 1, flags: int = 0x80) -> bytes:
    return element(b"\xa3", bytes([0x80 | number]) + b"\0\0" + bytes([flags]) + packet)


def recorded(*blocks: bytes, tracks: bytes = b"") -> bytes:
    """As a recorder writes it: nothing that goes on has a size."""
    time = element(b"\xe7", b"\0")
    opened = SEGMENT + UNKNOWN + element(TRACKS, tracks or track())
    return element(EBML, b"") + opened + CLUSTER + UNKNOWN + time + b"".join(blocks)


def pages(ogg: bytes) -> list[tuple[int, int, bytes]]:
    """Flags, position and content of each."""
    found, at = [], 0
    while at < len(ogg):
        assert ogg[at : at + 5] == b"OggS\0"
        lacing = ogg[at + 27 : at + 27 + ogg[at + 26]]
        begin = at + 27 + len(lacing)
        end = begin + sum(lacing)
        position = int.from_bytes(ogg[at + 6 : at + 14], "little")
        found.append((ogg[at + 5], position, ogg[begin:end]))
        at = end
    return found


def packets(ogg: bytes) -> list[bytes]:
    """Of any Ogg file: one ends with the first part of it that is shorter than 255."""
    found, part, at = [], b"", 0
    while at < len(ogg):
        lacing = ogg[at + 27 : at + 27 + ogg[at + 26]]
        at += 27 + len(lacing)
        for size in lacing:
            part += ogg[at : at + size]
            at += size
            if size < 255:
                found.append(part)
                part = b""
    return found


def test_packets_are_taken_in_their_order_with_the_time_they_sound() -> None:
    packets = [TWENTY_MS + bytes([number]) * 40 for number in range(3)]
    head, tags, *sound = pages(ogg_of(recorded(*map(block, packets))))
    assert (head, tags[2][:8]) == ((2, 0, HEAD), b"OpusTags")
    assert [content for _, _, content in sound] == packets
    assert [position for _, position, _ in sound] == [960, 1920, 2880]
    assert [flags for flags, _, _ in sound] == [0, 0, 4]


def test_blocks_in_groups_and_later_clusters_are_found() -> None:
    inner = b"\x81\0\0\0" + TWENTY_MS
    group = element(b"\xa0", element(b"\xa1", inner))
    whole = recorded(block(TWENTY_MS), group, CLUSTER + UNKNOWN, block(TWENTY_MS))
    assert len(pages(ogg_of(whole))) == 2 + 3


def test_a_picture_beside_the_sound_is_left_out() -> None:
    both = track(b"V_VP8", 1, b"") + track(number=2)
    whole = recorded(block(b"picture", 1), block(TWENTY_MS, 2), tracks=both)
    assert [content for _, _, content in pages(ogg_of(whole))[2:]] == [TWENTY_MS]


def test_a_recording_that_was_cut_off_is_taken_up_to_there() -> None:
    whole = recorded(block(TWENTY_MS), block(TWENTY_MS * 300))
    assert len(pages(ogg_of(whole[:-10]))) == 2 + 1


def test_a_long_packet_has_as_many_segments_as_it_needs() -> None:
    packet = TWENTY_MS + b"\1" * 509
    assert pages(ogg_of(recorded(block(packet))))[2][2] == packet


@pytest.mark.parametrize(
    "whole",
    [
        recorded(),
        recorded(block(TWENTY_MS), tracks=track(b"A_VORBIS")),
        recorded(block(TWENTY_MS), tracks=track(head=b"nothing")),
        recorded(block(TWENTY_MS, flags=0x82)),
        recorded(element(b"\xa3", b"")),
        EBML + b"\0" * 40,
    ],
)
def test_what_has_no_opus_in_it_is_refused(whole: bytes) -> None:
    with pytest.raises(NoSound):
        ogg_of(whole)


@given(some.binary(max_size=200))
def test_whatever_follows_the_mark_it_is_read_or_refused(rest: bytes) -> None:
    with suppress(NoSound):
        assert ogg_of(EBML + rest).startswith(b"OggS")


def test_a_damaged_recording_is_no_prompt(tmp_path) -> None:
    sent = tmp_path / "sent"
    sent.write_bytes(EBML + b"\0" * 40)
    assert coding_of(sent.read_bytes()) is Coding.WEBM
    with pytest.raises(BadSound, match="unreadable"):
        convert(sent, tmp_path / "made.wav")
