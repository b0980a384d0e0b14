"""Pictures to a silent H.264 clip, streamed a group of pictures at a time.

Pictures are NV12 (see ``colour``): x264 works on that inside, so they go in without a conversion.
Every clip of one size has the same SPS and PPS, closed groups of ``GROUP`` pictures and no
B-frames: clips join by copying packets.
"""

from collections.abc import Generator, Iterable, Iterator
from fractions import Fraction
from typing import Literal

import av
import av.error
from av.container import OutputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream

from pipeline.lesson import FPS, ClipPiece
from pipeline.media.colour import Nv12, blank

GROUP = 50
"""Pictures between keyframes: two seconds, a good HLS segment."""

Codec = Literal["libx264", "h264_nvenc"]

LARGE_PIXELS = 500_000
"""From here on, a faster search of x264's gives pictures as good (50 dB) for a tenth more bytes."""

_OPTIONS: dict[Codec, dict[str, str]] = {
    # No lookahead: it holds pictures back, works ahead of a cancelled scene, and gains little
    # where the picture is nearly still.
    "libx264": {
        "preset": "veryfast",
        "crf": "20",
        "x264-params": "bframes=0:scenecut=0:rc-lookahead=0:mbtree=0:open-gop=0:force-cfr=1",
    },
    "h264_nvenc": {"preset": "p4", "rc": "vbr", "cq": "21", "no-scenecut": "1", "bf": "0"},
}
_LARGE: dict[Codec, dict[str, str]] = {"libx264": {"preset": "superfast", "crf": "20.5"}}
_FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof+skip_trailer"}


class _Sink:
    """What the muxer has written and nobody has taken yet."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def write(self, data: bytes) -> int:
        self._bytes += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._bytes)
        self._bytes.clear()
        return taken


def encode(
    pictures: Iterable[Nv12], size: tuple[int, int], codec: Codec = "libx264"
) -> Generator[ClipPiece, None, None]:
    """The pictures as pieces of one fragmented MP4, each from a keyframe to before the next.

    ``size`` is width and height in pixels, both even. A picture may be drawn over as soon as the
    next one is asked for. Clips that are to be joined must be made with the same ``codec``.
    """
    sink = _Sink()
    written = given = 0
    with av.open(sink, "w", format="mp4", options=_FRAGMENTED) as container:
        for packet in _packets(container, pictures, size, codec):
            container.mux(packet)
            # the muxer lets go of a group when the keyframe after it comes
            if packet.is_keyframe and written:
                yield ClipPiece(sink.take(), written - given)
                given = written
            written += 1
    if written:
        yield ClipPiece(sink.take(), written - given)


def can_encode(codec: Codec) -> bool:
    """Whether this machine has what the codec needs; found out by encoding one picture."""
    size = (256, 256)
    try:
        return any(piece.frames for piece in encode([blank(size)], size, codec))
    except (av.error.FFmpegError, ValueError):
        return False


def _packets(
    container: OutputContainer, pictures: Iterable[Nv12], size: tuple[int, int], codec: Codec
) -> "Iterator[Packet[VideoStream]]":
    stream = _stream(container, size, codec)
    for index, picture in enumerate(pictures):
        yield from stream.encode(_frame(picture, index))
    yield from stream.encode(None)


def _stream(container: OutputContainer, size: tuple[int, int], codec: Codec) -> VideoStream:
    stream = container.add_stream(codec, rate=FPS, options=_options(size, codec))
    stream.width, stream.height = size
    stream.pix_fmt = "nv12"
    stream.time_base = Fraction(1, FPS)
    context = stream.codec_context
    context.profile = "High"
    context.gop_size = GROUP
    # scenes run side by side, each on a core; threads of one encoder would only get in the way
    context.thread_count = 1
    context.color_range = ColorRange.MPEG
    context.colorspace = Colorspace.ITU709
    context.color_primaries = ColorPrimaries.BT709
    context.color_trc = ColorTrc.BT709
    return stream


def _options(size: tuple[int, int], codec: Codec) -> dict[str, str]:
    large = size[0] * size[1] >= LARGE_PIXELS
    return _OPTIONS[codec] | (_LARGE.get(codec, {}) if large else {})


def _frame(picture: Nv12, index: int) -> VideoFrame:
    frame = VideoFrame.from_ndarray(picture, format="nv12")
    frame.pts, frame.duration = index, 1
    frame.time_base = Fraction(1, FPS)
    return frame
