"""HTTP Live Streaming (RFC 8216) of the scenes that are done, while the others are being made.

Each scene is one fragmented MP4, played by byte ranges; nothing is cut or copied for it.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av

from pipeline.lesson import FPS
from pipeline.media.boxes import Box, boxes

GROUP_SECONDS = 2
"""Length of the groups of pictures our clips are encoded in."""

CONTENT_TYPE = "application/vnd.apple.mpegurl"
HEAD = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:{target}
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:EVENT
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-START:TIME-OFFSET=0,PRECISE=YES
"""


@dataclass(frozen=True, slots=True)
class HlsPiece:
    """A fragment that starts with a keyframe: where it lies in its file, and how long it plays."""

    offset: int
    length: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Fragments:
    """How a clip is played by byte ranges: its set-up (``init_bytes`` from 0), then its pieces."""

    init_bytes: int
    pieces: tuple[HlsPiece, ...]


@dataclass(frozen=True, slots=True)
class HlsClip:
    """A scene that can be played, and where from."""

    url: str
    fragments: Fragments


def fragments(path: Path) -> Fragments:
    """The set-up and the fragments of a fragmented MP4 made by ``mux_clip``."""
    found = list(boxes(path))
    moofs = [box for box in found if box.kind == "moof"]
    pictures = _pictures(path, [box.offset for box in moofs])
    pieces = (
        HlsPiece(moof.offset, _end_of_data(found, moof) - moof.offset, pictures[number] / FPS)
        for number, moof in enumerate(moofs)
    )
    return Fragments(moofs[0].offset, tuple(pieces))


def _end_of_data(found: Sequence[Box], moof: Box) -> int:
    data = next(box for box in found if box.kind == "mdat" and box.offset > moof.offset)
    return data.offset + data.length


def _pictures(path: Path, offsets: Sequence[int]) -> Counter[int]:
    """How many pictures lie after each of the offsets and before the next."""
    with av.open(str(path)) as container:
        packets = (packet for packet in container.demux(container.streams.video[0]) if packet.size)
        return Counter(bisect_right(offsets, packet.pos or 0) - 1 for packet in packets)


def playlist(clips: Sequence[HlsClip], ended: bool) -> str:
    """The playlist of the clips so far. It only ever grows, and starts from the first scene.

    Every scene has clocks and a set-up of its own, hence a discontinuity before each. The target
    duration must not change while the playlist grows (RFC 8216, 6.2.1).
    """
    seconds = [piece.seconds for clip in clips for piece in clip.fragments.pieces]
    lines = [HEAD.format(target=max([GROUP_SECONDS, *map(round, seconds)]))]
    for number, clip in enumerate(clips):
        lines += ["#EXT-X-DISCONTINUITY\n"] if number else []
        lines += _segments(clip)
    return "".join([*lines, "#EXT-X-ENDLIST\n" if ended else ""])


def _segments(clip: HlsClip) -> Iterator[str]:
    yield f'#EXT-X-MAP:URI="{clip.url}",BYTERANGE="{clip.fragments.init_bytes}@0"\n'
    for piece in clip.fragments.pieces:
        yield f"#EXTINF:{piece.seconds:.5f},\n"
        yield f"#EXT-X-BYTERANGE:{piece.length}@{piece.offset}\n{clip.url}\n"
