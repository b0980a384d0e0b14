"""Pictures and sound into one file. Pictures are copied, never encoded again."""

import heapq
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.container import OutputContainer
from av.packet import Packet

from pipeline.lesson import SAMPLES_PER_FRAME, Samples
from pipeline.media.sound import blocks
from pipeline.media.tracks import (
    add_sound,
    add_video,
    frames_of,
    sound_packets,
    video_packets,
)

FRAGMENTED = {"movflags": "frag_keyframe+delay_moov+default_base_moof"}


def mux_clip(video: Path, samples: Samples, out: Path) -> None:
    """A silent clip and its sound as one fragmented MP4: H.264 as it was, AAC-LC 128 kbit/s.

    The sound is filled up with silence to whole pictures. Raises ClipLengthWrong when the clip
    does not have just as many.
    """
    frames = frames_of(len(samples))
    whole = np.pad(samples, (0, frames * SAMPLES_PER_FRAME - len(samples)))
    with av.open(str(out), "w", format="mp4", options=FRAGMENTED) as output:
        pictures, sound = add_video(output, video), add_sound(output)
        interleave(
            output,
            video_packets([(video, frames)], pictures),
            sound_packets(blocks(whole), sound),
        )


def interleave(output: OutputContainer, *tracks: "Iterator[Packet[Any]]") -> None:
    """Writes the packets of all tracks in order of time, holding one of each at a time."""
    for packet in heapq.merge(*tracks, key=_seconds):
        output.mux(packet)


def _seconds(packet: "Packet[Any]") -> float:
    return float((packet.dts or 0) * packet.time_base)
