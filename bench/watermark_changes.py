"""What players and editors do to the time and pitch of sound: see ``bench/watermark.py``."""

from collections.abc import Callable

import av
import numpy as np
from av.error import BlockingIOError as NothingYet
from av.error import EOFError as NothingMore
from av.filter import Graph

from bench.watermark_hardships import Treatment
from pipeline.lesson import SAMPLE_RATE, Samples
from pipeline.media.sound import blocks, sound_frames
from pipeline.provenance.change import Change, faster, higher, tape

Filter = tuple[str, str]
"""Name and arguments."""
FACTORS = (0.5, 0.75, 0.9, 0.97, 0.995, 1.01, 1.0427, 1.05, 1.1, 1.1713, 1.25, 1.5, 2.0)
KINDS: dict[str, Callable[[float], Change]] = {
    "speed and pitch": tape,
    "speed alone": faster,
    "pitch alone": higher,
}


def played(change: Change) -> Treatment:
    """As FFmpeg does it: by resampling, and by overlapping pieces (WSOLA)."""
    ways = [("asetrate", f"{SAMPLE_RATE * change.pitch:.0f}"), ("aresample", f"{SAMPLE_RATE}")]
    stretched = change.tempo / change.pitch
    ways += [("atempo", f"{stretched}")] if abs(stretched - 1) > 1e-6 else []
    return lambda samples, _: filtered(samples, [*ways, ("aformat", "flt:channel_layouts=mono")])


def filtered(samples: Samples, ways: list[Filter]) -> Samples:
    graph, heard = Graph(), []
    graph.link_nodes(
        graph.add_abuffer(sample_rate=SAMPLE_RATE, format="fltp", layout="mono"),
        *(graph.add(name, arguments) for name, arguments in ways),
        graph.add("abuffersink"),
    ).configure()
    for frame in (*sound_frames(blocks(samples), "fltp"), None):
        graph.push(frame)
        heard += _pulled(graph)
    return np.concatenate(heard).astype(np.float32)


def _pulled(graph: Graph) -> list[Samples]:
    pulled: list[Samples] = []
    while True:
        try:
            frame = graph.pull()
        except (NothingYet, NothingMore):
            return pulled
        assert isinstance(frame, av.AudioFrame)
        pulled.append(frame.to_ndarray()[0])
