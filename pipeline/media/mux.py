"""Pictures and sound into one file. Pictures are copied, never encoded again."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import OutputContainer, core
from av.packet import Packet

from pipeline.errors import ClipLengthWrong
from pipeline.lesson import SAMPLES_PER_FRAME, Cue, FinishedScene, Samples
from pipeline.media.sound import blocks, stream_sound
from pipeline.media.timeline import Chapter, frames
from pipeline.media.tracks import (
    add_captions,
    add_sound,
    add_video,
    caption_packets,
    frames_of,
    sound_packets,
    video_packets,
)

FRAGMENTED = {"movflags": "frag_keyframe+delay_moov+default_base_moof"}
INDEX_FIRST = {"movflags": "faststart"}


def mux_clip(video: Path, samples: Samples, out: Path) -> None:
    """A silent clip and its sound as one fragmented MP4: H.264 as it was, AAC-LC 128 kbit/s.

    The sound is filled up with silence to whole pictures. Raises ClipLengthWrong when the clip
    does not have just as many.
    """
    pictures = frames_of(len(samples))
    whole = np.pad(samples, (0, pictures * SAMPLES_PER_FRAME - len(samples)))
    # through a file of our own: FFmpeg does not tell when the disk is full for the last fragment
    with out.open("wb") as file, av.open(file, "w", format="mp4", options=FRAGMENTED) as output:
        picture_track, sound_track = add_video(output, video), add_sound(output)
        interleave(
            output,
            video_packets([(video, pictures)], picture_track),
            sound_packets(blocks(whole), sound_track),
        )


def join_clips(
    scenes: Sequence[FinishedScene],
    out: Path,
    *,
    cues: Sequence[Cue],
    chapters: Sequence[Chapter],
    language: str,
    metadata: Mapping[str, str],
) -> None:
    """The lesson as one MP4 that plays while it loads, with captions and chapters.

    The sound of all scenes is one run of AAC from their FLACs, so nothing clicks at a join.
    ``metadata``: title, comment and so on. Memory does not grow with the lesson, but for its index.
    """
    with av.open(str(out), "w", format="mp4", options=INDEX_FIRST) as output:
        output.metadata.update(metadata)
        output.set_chapters([_chapter(number, part) for number, part in enumerate(chapters)])
        pictures = add_video(output, scenes[0].film)
        sound, text = add_sound(output, language), add_captions(output, language)
        output.start_encoding()
        interleave(
            output,
            video_packets(((scene.film, frames(scene)) for scene in scenes), pictures),
            sound_packets(scene_sound(scenes), sound),
            caption_packets(cues, text),
        )


def scene_sound(scenes: Sequence[FinishedScene]) -> Iterator[Samples]:
    """The sound of the scenes one after the other; each must be as long as its pictures."""
    for scene in scenes:
        heard = 0
        for piece in stream_sound(scene.sound):
            heard += len(piece)
            yield piece
        if heard != frames(scene) * SAMPLES_PER_FRAME:
            raise ClipLengthWrong(frames(scene), heard / SAMPLES_PER_FRAME)


def interleave(output: OutputContainer, *tracks: "Iterator[Packet[Any]]") -> None:
    """Writes the packets of all tracks in order of time, holding one of each at a time."""
    for packet in heapq.merge(*tracks, key=_seconds):
        output.mux(packet)


def _seconds(packet: "Packet[Any]") -> float:
    return float((packet.dts or 0) * packet.time_base)


def _chapter(number: int, chapter: Chapter) -> "core.Chapter":
    return {
        "id": number,
        "start": round(chapter.start_seconds * 1000),
        "end": round(chapter.end_seconds * 1000),
        "time_base": Fraction(1, 1000),
        "metadata": {"title": chapter.title},
    }
