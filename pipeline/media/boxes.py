"""The outermost boxes of an MP4 file (ISO/IEC 14496-12, 4.2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Box:
    """``kind`` is the four letters, ``offset`` and ``length`` count bytes of the file."""

    kind: str
    offset: int
    length: int


def boxes(path: Path) -> Iterator[Box]:
    """The boxes of a file in order, without reading what is in them."""
    size = path.stat().st_size
    offset = 0
    with path.open("rb") as file:
        while offset + 8 <= size:
            file.seek(offset)
            head = file.read(16)
            length = int.from_bytes(head[:4], "big")
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            length = length if length >= 8 else size - offset  # 0: up to the end of the file
            yield Box(head[4:8].decode("latin-1"), offset, length)
            offset += length
