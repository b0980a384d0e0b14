"""What a media file holds, measured on its packets rather than read from its header."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer

from pipeline.media.boxes import boxes
from pipeline.media.loudness import SoundLevels, measure
from pipeline.media.sound import stream_sound


@dataclass(frozen=True, slots=True)
class Probe:
    """``seconds`` is the longest track's; what a file has not got is None, or empty.

    ``index_first``: an MP4 that can be played while it loads. ``captions``: languages.
    """

    seconds: float
    video_seconds: float | None
    audio_seconds: float | None
    frames: int
    width: int | None
    height: int | None
    fps: Fraction | None
    video_codec: str | None
    video_profile: str | None
    pixel_format: str | None
    audio_codec: str | None
    audio_profile: str | None
    sample_rate: int | None
    captions: tuple[str, ...]
    chapters: tuple[str, ...]
    metadata: dict[str, str]
    index_first: bool


def probe(path: Path) -> Probe:
    """What is in the file. Raises av.error.FFmpegError when FFmpeg cannot read it."""
    kinds = [box.kind for box in boxes(path)]
    with av.open(str(path), "r") as container:
        video = next(iter(container.streams.video), None)
        audio = next(iter(container.streams.audio), None)
        ends, counts = _ends(container)
        video_seconds = ends.get(video.index) if video else None
        audio_seconds = ends.get(audio.index) if audio else None
        return Probe(
            seconds=max(video_seconds or 0.0, audio_seconds or 0.0),
            video_seconds=video_seconds,
            audio_seconds=audio_seconds,
            frames=counts.get(video.index, 0) if video else 0,
            width=video.codec_context.width if video else None,
            height=video.codec_context.height if video else None,
            fps=video.average_rate if video else None,
            video_codec=video.codec_context.name if video else None,
            video_profile=video.profile if video else None,
            pixel_format=video.codec_context.pix_fmt if video else None,
            audio_codec=audio.codec_context.name if audio else None,
            audio_profile=audio.profile if audio else None,
            sample_rate=audio.rate if audio else None,
            captions=tuple(s.language or "und" for s in container.streams.subtitles),
            chapters=tuple(c["metadata"].get("title", "") for c in container.chapters()),
            metadata=dict(container.metadata),
            index_first="moov" in kinds and kinds.index("moov") < kinds.index("mdat"),
        )


def _ends(container: InputContainer) -> tuple[dict[int, float], dict[int, int]]:
    """When the last packet of each track ends, in seconds, and how many packets there are."""
    ends: dict[int, float] = {}
    counts: dict[int, int] = {}
    for packet in container.demux():
        if packet.pts is None or not packet.size:
            continue
        end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
        ends[packet.stream_index] = max(ends.get(packet.stream_index, 0.0), end)
        counts[packet.stream_index] = counts.get(packet.stream_index, 0) + 1
    return ends, counts


def sound_levels(path: Path) -> SoundLevels:
    """How loud a file of any length is. Raises SoundUnreadable when it has no sound."""
    return measure(stream_sound(path))
