"""Makes a browser's screenshot small: a palette of its 256 most frequent colours instead of three bytes each.

Reads and writes PNG (ISO/IEC 15948) as far as Chromium's screenshots go: 8 bits, RGB or RGBA, not interlaced.
"""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {2: 3, 6: 4}
_PALETTE, _INDEXED = 256, 3
Colour = tuple[int, int, int]


def shrink(picture: bytes) -> bytes:
    """Return the picture with at most 256 colours, each rare one shown by its nearest."""
    width, height, rows = read(picture)
    counted = Counter(colour for row in rows for colour in row)
    palette = [colour for colour, _ in counted.most_common(_PALETTE)]
    places = {colour: place for place, colour in enumerate(palette)}
    for colour in counted:
        places.setdefault(colour, _nearest(colour, palette))
    lines = b"".join(b"\0" + bytes(places[colour] for colour in row) for row in rows)
    header = struct.pack(">IIBBBBB", width, height, 8, _INDEXED, 0, 0, 0)
    parts = (
        (b"IHDR", header),
        (b"PLTE", b"".join(map(bytes, palette))),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    return SIGNATURE + b"".join(_chunk(kind, content) for kind, content in parts)


def read(picture: bytes) -> tuple[int, int, list[list[Colour]]]:
    """Return width, height and the rows of colours of a screenshot."""
    found: dict[bytes, bytes] = {}
    for kind, content in _chunks(picture):
        found[kind] = found.get(kind, b"") + content
    width, height, depth, kind_of_colour, _, _, interlaced = struct.unpack(">IIBBBBB", found[b"IHDR"])
    assert (depth, interlaced) == (8, 0), "not a screenshot of Chromium's"
    if kind_of_colour == _INDEXED:
        table = found[b"PLTE"]
        palette = [(table[at], table[at + 1], table[at + 2]) for at in range(0, len(table), 3)]
        lines = _unfiltered(zlib.decompress(found[b"IDAT"]), width, 1)
        return width, height, [[palette[place] for place in line] for line in lines]
    step = _CHANNELS[kind_of_colour]
    lines = _unfiltered(zlib.decompress(found[b"IDAT"]), width * step, step)
    return (
        width,
        height,
        [list(zip(line[0::step], line[1::step], line[2::step], strict=True)) for line in lines],
    )


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        yield picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        at += length + 12


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _unfiltered(data: bytes, stride: int, step: int) -> Iterator[bytearray]:
    """Yield the lines with their filters undone (ISO/IEC 15948, clause 9)."""
    above = bytearray(stride)
    for start in range(0, len(data), stride + 1):
        kind, line = data[start], bytearray(data[start + 1 : start + 1 + stride])
        for at in range(stride) if kind else ():
            left = line[at - step] if at >= step else 0
            corner = above[at - step] if at >= step else 0
            guess = (0, left, above[at], (left + above[at]) // 2, _paeth(left, above[at], corner))[kind]
            line[at] = (line[at] + guess) & 0xFF
        yield line
        above = line


def _paeth(left: int, up: int, corner: int) -> int:
    expected = left + up - corner
    return min((left, up, corner), key=lambda one: abs(expected - one))


def _nearest(colour: Colour, palette: list[Colour]) -> int:
    def distance(place: int) -> int:
        return sum((mine - theirs) ** 2 for mine, theirs in zip(colour, palette[place], strict=True))

    return min(range(len(palette)), key=distance)
