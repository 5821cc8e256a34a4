"""What a browser records: Opus in WebM, put into Ogg, which opusdec reads. Pure.

WebM is EBML (RFC 8794): elements of an id, a size and content, one in another. Of all that it may hold
only the packets of one Opus track are taken. A recorder writes as it goes, so segments and clusters
have no size that is known: they end where what follows cannot be in them.
"""

from collections.abc import Iterator

EBML = b"\x1aE\xdf\xa3"
_SEGMENT, _CLUSTER, _TRACKS, _TRACK = 0x18538067, 0x1F43B675, 0x1654AE6B, 0xAE
_GROUP, _BLOCK, _SIMPLE_BLOCK = 0xA0, 0xA1, 0xA3
_NUMBER, _CODEC, _PRIVATE = 0xD7, 0x86, 0x63A2
_WITHIN = frozenset({_SEGMENT, _CLUSTER, _TRACKS, _GROUP})
"""Elements whose content is walked through; of the others it is taken whole, or passed over."""

_UNKNOWN = -1
_LACED = 0x06
_MOST_SEGMENTS = 255
_HEAD = b"OpusHead"


class NoSound(ValueError):
    """It is no WebM with an Opus track, or is damaged."""


def ogg_of(content: bytes) -> bytes:
    """The first Opus track as an Ogg Opus file. Raises NoSound."""
    head, packets = b"", []
    number = _UNKNOWN
    for element, value in _elements(content):
        if element == _TRACK and number == _UNKNOWN:
            number, head = _opus_track(value)
        elif element in (_BLOCK, _SIMPLE_BLOCK):
            track, packet = _packet(value)
            if track == number:
                packets.append(packet)
    if not head or not packets:
        raise NoSound("no Opus in it")
    return _written(head, packets)


def _elements(content: bytes) -> Iterator[tuple[int, bytes]]:
    """In their order, through all that holds others. A last one that is cut off is left out."""
    at = 0
    while at < len(content):
        try:
            element, at = _id(content, at)
            size, at = _number(content, at)
        except IndexError:
            return
        if element in _WITHIN:
            continue
        if size == _UNKNOWN:
            raise NoSound("an element without an end")
        if at + size > len(content):
            return
        yield element, content[at : at + size]
        at += size


def _id(content: bytes, at: int) -> tuple[int, int]:
    length = _length(content[at], 4)
    return int.from_bytes(content[at : at + length], "big"), at + length


def _number(content: bytes, at: int) -> tuple[int, int]:
    """A size, or a track's number; all ones means that it is not known."""
    length = _length(content[at], 8)
    if at + length > len(content):
        raise IndexError
    most = (1 << 7 * length) - 1
    value = int.from_bytes(content[at : at + length], "big") & most
    return (_UNKNOWN if value == most else value), at + length


def _length(first: int, most: int) -> int:
    """How many bytes a number has is told by the leading zeros of its first."""
    length = 9 - first.bit_length()
    if length > most:
        raise NoSound("no EBML")
    return length


def _opus_track(content: bytes) -> tuple[int, bytes]:
    """Its number and head; none of a track that is something else."""
    found = dict(_elements(content))
    head = found.get(_PRIVATE, b"")
    if found.get(_CODEC) != b"A_OPUS" or not head.startswith(_HEAD):
        return _UNKNOWN, b""
    return int.from_bytes(found.get(_NUMBER, b"\x01"), "big"), head


def _packet(block: bytes) -> tuple[int, bytes]:
    """Track and content; between them lie the time (2 bytes) and the flags (1)."""
    try:
        track, at = _number(block, 0)
        flags = block[at + 2]
    except IndexError:
        raise NoSound("an empty block") from None
    if flags & _LACED:
        raise NoSound("several packets in one block")
    return track, block[at + 3 :]


def _samples(packet: bytes) -> int:
    """How long a packet sounds, by its first byte (RFC 6716, 3.1)."""
    if not packet:
        return 0
    configuration, code = packet[0] >> 3, packet[0] & 3
    if configuration < 12:
        frame = (480, 960, 1920, 2880)[configuration & 3]
    elif configuration < 16:
        frame = (480, 960)[configuration & 1]
    else:
        frame = (120, 240, 480, 960)[configuration & 3]
    frames = (1, 2, 2)[code] if code < 3 else (packet[1] & 0x3F if len(packet) > 1 else 0)
    return frame * frames


def _written(head: bytes, packets: list[bytes]) -> bytes:
    """A page a packet: RFC 7845 asks for no more, and files of minutes are small."""
    tags = b"OpusTags" + (0).to_bytes(4, "little") * 2
    pages = [_page(head, 0, 0, 0x02), _page(tags, 0, 1, 0)]
    position, last = 0, len(packets) + 1
    for place, packet in enumerate(packets, 2):
        position += _samples(packet)
        pages.append(_page(packet, position, place, 0x04 if place == last else 0))
    return b"".join(pages)


def _page(packet: bytes, position: int, number: int, flags: int) -> bytes:
    whole, rest = divmod(len(packet), 255)
    lacing = bytes([255] * whole + [rest])
    if len(lacing) > _MOST_SEGMENTS:
        raise NoSound("a packet that is none")
    fields = (
        b"OggS\0" + bytes([flags]) + position.to_bytes(8, "little") + b"\1\0\0\0"
        + number.to_bytes(4, "little")
    )  # fmt: skip
    rest_of = bytes([len(lacing)]) + lacing + packet
    return fields + _checksum(fields + b"\0\0\0\0" + rest_of).to_bytes(4, "little") + rest_of


def _table() -> tuple[int, ...]:
    found = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
        found.append(value & 0xFFFFFFFF)
    return tuple(found)


_CRC = _table()


def _checksum(page: bytes) -> int:
    value = 0
    for byte in page:
        value = (value << 8) & 0xFFFFFFFF ^ _CRC[(value >> 24) ^ byte]
    return value
