"""The packets of a lesson's tracks, each in order of time, ready to be interleaved."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path
from typing import Any

import av
import langcodes
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.packet import Packet
from av.subtitles.stream import SubtitleStream
from av.video.stream import VideoStream

from pipeline.errors import ClipLengthWrong, ClipsDiffer
from pipeline.lesson import FPS, SAMPLE_RATE, SAMPLES_PER_FRAME, Cue, Samples
from pipeline.media.sound import sound_frames

AAC_BITS_PER_SECOND = 128_000
TICKS_PER_SECOND = 12_800
TICKS_PER_FRAME = TICKS_PER_SECOND // FPS
ASS_HEADER = b"""[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, BackColour, BorderStyle, Alignment
Style: Default,Sans,16,&Hffffff,&H80000000,3,2
"""
"""The look of the captions, in the only form FFmpeg's encoder takes it."""

MOST_REORDERING = 16
"""H.264 may show a picture at most this many pictures later than it decodes it."""


def iso639(language: str) -> str:
    """The three-letter code MP4 wants of a language tag ("en-us" → "eng")."""
    return langcodes.Language.get(language).to_alpha3()


def add_video(output: OutputContainer, clip: Path) -> VideoStream:
    """A video track that takes the packets of clips like this one."""
    with av.open(str(clip)) as container:
        stream = output.add_stream_from_template(container.streams.video[0])
    stream.time_base = Fraction(1, TICKS_PER_SECOND)
    return stream


def add_sound(output: OutputContainer, language: str | None = None) -> AudioStream:
    """An AAC-LC track, mono, 128 kbit/s."""
    stream = output.add_stream("aac", rate=SAMPLE_RATE, layout="mono", format="fltp")
    stream.bit_rate = AAC_BITS_PER_SECOND
    if language:
        stream.metadata["language"] = iso639(language)
    return stream


def video_packets(
    clips: Iterable[tuple[Path, int]], stream: VideoStream
) -> "Iterator[Packet[VideoStream]]":
    """The pictures of the clips one after the other, copied; each clip has so many pictures.

    Raises ClipLengthWrong, and ClipsDiffer when a clip needs another decoder set-up than the first.
    """
    start = 0
    for clip, frames in clips:
        copied = 0
        for packet in _clip_packets(clip, stream, start):
            copied += 1
            yield packet
        if copied != frames:
            raise ClipLengthWrong(copied, frames)
        start += frames


def _clip_packets(clip: Path, stream: VideoStream, start: int) -> "Iterator[Packet[VideoStream]]":
    with av.open(str(clip)) as container:
        source = container.streams.video[0]
        _refuse_other_encoding(source, stream)
        packets = (packet for packet in container.demux(source) if packet.size)
        head = list(islice(packets, MOST_REORDERING + 1))
        first = min((packet.pts for packet in head if packet.pts is not None), default=0)
        for packet in chain(head, packets):
            _place(packet, first, start)
            packet.stream = stream
            yield packet


def _place(packet: "Packet[VideoStream]", first: int, start: int) -> None:
    """Puts a packet on the 25 Hz grid of the lesson, whatever the time base of its clip."""

    def ticks(stamp: int | None) -> int:
        return (start + round(((stamp or 0) - first) * packet.time_base * FPS)) * TICKS_PER_FRAME

    pts, dts = ticks(packet.pts), ticks(packet.dts)
    packet.time_base = Fraction(1, TICKS_PER_SECOND)
    packet.pts, packet.dts, packet.duration = pts, dts, TICKS_PER_FRAME


def _refuse_other_encoding(source: VideoStream, stream: VideoStream) -> None:
    for what in ("width", "height", "extradata"):
        if getattr(source.codec_context, what) != getattr(stream.codec_context, what):
            raise ClipsDiffer(what)


def sound_packets(
    pieces: Iterator[Samples], stream: AudioStream
) -> "Iterator[Packet[AudioStream]]":
    """All the sound as one run of encoded packets, without a seam."""
    for frame in sound_frames(pieces, "fltp"):
        yield from stream.encode(frame)
    yield from stream.encode(None)


def add_captions(output: OutputContainer, language: str) -> SubtitleStream:
    """A timed text track (3GPP TS 26.245), white on a shade, at the foot of the picture."""
    stream = output.add_stream("mov_text")
    stream.codec_context.subtitle_header = ASS_HEADER
    stream.time_base = Fraction(1, 1000)
    stream.metadata["language"] = iso639(language)
    return stream


def caption_packets(cues: Iterable[Cue], stream: SubtitleStream) -> "Iterator[Packet[Any]]":
    """The cues as text samples; the muxer puts an empty one where a cue goes without a next."""
    for cue in cues:
        data = cue.text.encode()
        packet = Packet(len(data).to_bytes(2, "big") + data)
        packet.stream, packet.time_base = stream, Fraction(1, 1000)
        packet.pts = packet.dts = round(cue.start_seconds * 1000)
        packet.duration = round(cue.end_seconds * 1000) - packet.pts
        yield packet


def frames_of(samples: int) -> int:
    """Pictures that cover so many samples."""
    return -(-samples // SAMPLES_PER_FRAME)
