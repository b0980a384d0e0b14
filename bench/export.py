"""Seconds and memory that each export takes: of a lesson of 6 and of one of 60 minutes.

``python -m bench.export [MINUTES …]``: each export in a process of its own, after those it needs;
at the end a course of ten such lessons, as it is sent. Every scene is half a minute of speech under
a moving 512 × 512 picture. No video is encoded: that is checked, packet by packet.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

import av
import cv2
import numpy as np
import soxr
from hibari import Hibari
from rich.console import Console
from rich.table import Table

from pipeline.engines import EngineCard
from pipeline.export.course import CourseLesson, plan
from pipeline.export.lesson import Lesson
from pipeline.export.package import EXPORTS
from pipeline.lesson import (
    SAMPLE_RATE,
    SAMPLES_PER_FRAME,
    FinishedScene,
    Samples,
    Scene,
    Word,
)
from pipeline.media.colour import Nv12, to_nv12
from pipeline.media.encode import encode
from pipeline.media.loudness import level
from pipeline.media.mux import mux_clip
from pipeline.media.sound import flac_bytes
from serve.courses import Piecewise, packed

FRAMES = 750
SIZE = (512, 512)
PORTRAIT = Path(__file__).parents[1] / "samples" / "portrait.png"
SENTENCE = "Plants make their own food from light, water, and the carbon dioxide of the air."
PACKAGES = ("scorm12.zip", "scorm2004.zip", "cmi5.zip", "course")
MEASURED = ("lesson.mp4", "speech.webm", *PACKAGES)
LESSONS = 10
"""In a course."""

ENGINES = {"speech": EngineCard("builtin", "1", "embedded", "Spoken by the built-in voice")}


def make_scene(folder: Path) -> None:
    """Half a minute, made once and used for every scene of a lesson."""
    sound, silent = half_a_minute(), folder / "silent.mp4"
    with silent.open("wb") as file:
        for piece in encode(swaying_portrait(), SIZE):
            file.write(piece.bytes_)
    mux_clip(silent, sound, folder / "clip.mp4")
    (folder / "sound.flac").write_bytes(flac_bytes(sound))


def made_scene(folder: Path) -> FinishedScene:
    """The scene that ``make_scene`` wrote there."""
    words = tuple(said())
    length = len(SENTENCE.split())
    sentences = tuple((start, start + length) for start in range(0, len(words), length))
    sound, clip = folder / "sound.flac", folder / "clip.mp4"
    return FinishedScene(Scene(0, None, SENTENCE), sound, clip, FRAMES / 25, words, sentences)


def half_a_minute() -> Samples:
    spoken = soxr.resample(Hibari()(SENTENCE), 24_000, SAMPLE_RATE).astype(np.float32)
    count = FRAMES * SAMPLES_PER_FRAME
    return level(np.tile(spoken, -(-count // len(spoken)))[:count])


def said() -> Iterator[Word]:
    words = SENTENCE.split() * 5
    each = FRAMES / 25 / len(words)
    for number, word in enumerate(words):
        yield Word(word, number * each, (number + 0.9) * each)


def swaying_portrait() -> Iterator[Nv12]:
    portrait = cv2.resize(cv2.imread(str(PORTRAIT))[..., ::-1], SIZE)
    for index in range(FRAMES):
        shift = np.float32([[1, 0, 4 * np.sin(index / 20)], [0, 1, 2 * np.sin(index / 13)]])
        yield to_nv12(cv2.warpAffine(portrait, shift, SIZE, borderMode=cv2.BORDER_REPLICATE))


def measure(template: FinishedScene, minutes: int, name: str) -> None:
    """One measurement, in a process of its own; prints it as JSON."""
    lesson, folder = a_lesson(template, minutes), template.sound.parent / str(minutes)
    folder.mkdir(exist_ok=True)
    for need in EXPORTS["cmi5.zip"].needs if name in PACKAGES else ():
        if not (folder / need).exists():
            EXPORTS[need].write(lesson, folder / need)
    forget_peak()
    before = peak_megabytes()
    wall, cpu = perf_counter(), process_time()
    size = written(lesson, folder, name)
    told = {"wall": perf_counter() - wall, "cpu": process_time() - cpu}
    told |= {"before": before, "peak": peak_megabytes(), "size": size / 2**20}
    told["copied"] = float(is_copied(template, minutes, folder))
    print(json.dumps(told))


def a_lesson(template: FinishedScene, minutes: int) -> Lesson:
    scenes = [
        replace(template, scene=Scene(index, f"Part {index + 1}", SENTENCE))
        for index in range(minutes * 2)
    ]
    return Lesson(scenes, "bench", "Bench", "en-us", ENGINES)


def written(lesson: Lesson, folder: Path, name: str) -> int:
    """Makes the export; its bytes."""
    if name == "course":
        return sum(len(chunk) for chunk in course_in_pieces(lesson, folder))
    EXPORTS[name].write(lesson, folder / name)  # type: ignore[index]
    return (folder / name).stat().st_size


def course_in_pieces(lesson: Lesson, folder: Path) -> Iterator[bytes]:
    """The lesson ten times, as the HTTP interface sends a course."""
    lessons = [
        CourseLesson(partial(replace, lesson, lesson_id=f"bench-{n}"), SIZE) for n in range(LESSONS)
    ]
    course = plan("bench", "Bench", "scorm2004", lessons)
    return packed(course, lambda taken: in_pieces(folder / taken.name))


def in_pieces(path: Path) -> Piecewise:
    def pieces() -> Iterator[bytes]:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                yield piece

    return Piecewise(path.stat().st_size, pieces())


def is_copied(template: FinishedScene, minutes: int, folder: Path) -> bool:
    """Whether the film's pictures are those of its clips, bit by bit."""
    film = folder / "lesson.mp4"
    if not film.exists():
        return True
    clip = list(pictures(template.film))
    return all(
        found == clip[number % len(clip)]
        for number, found in enumerate(pictures(film))
        if number < minutes * 2 * len(clip)
    )


def pictures(path: Path) -> Iterator[int]:
    """A digest of each encoded picture."""
    with av.open(path) as file:
        for packet in file.demux(video=0):
            if packet.size:
                yield zlib.crc32(bytes(packet))


def forget_peak() -> None:
    """Linux then counts ``VmHWM`` anew (proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5")


def peak_megabytes() -> float:
    """The most memory this process has held; not ``ru_maxrss``, which counts its parent's too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def measured(folder: Path, minutes: int, name: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.export", "--in", str(folder), str(minutes), name]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def compare(lengths: list[int]) -> Table:
    table = Table(title=f"Exports, on {os.cpu_count()} cores of {platform.machine()}")
    columns = "export", "minutes", "wall s", "cpu s", "× real time", "peak MB more", "MiB", "copied"
    for column in columns:
        table.add_column(column, justify="left" if column == "export" else "right")
    with tempfile.TemporaryDirectory() as name:
        make_scene(Path(name))
        for export in MEASURED:
            for minutes in lengths:
                table.add_row(*row(export, minutes, measured(Path(name), minutes, export)))
    return table


def row(export: str, minutes: int, found: dict[str, float]) -> tuple[str, ...]:
    lessons = LESSONS if export == "course" else 1
    return (
        f"{LESSONS} lessons as a course" if export == "course" else export,
        str(minutes),
        f"{found['wall']:.2f}",
        f"{found['cpu']:.2f}",
        f"{lessons * minutes * 60 / found['wall']:.0f}",
        f"{found['peak'] - found['before']:.1f}",
        f"{found['size']:.1f}",
        "yes" if found["copied"] else "NO",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", nargs="*", default=["6", "60"])
    parser.add_argument("--in", dest="folder", type=Path, help="measure here: MINUTES EXPORT")
    asked = parser.parse_args()
    if asked.folder:
        measure(made_scene(asked.folder), int(asked.minutes[0]), asked.minutes[1])
    else:
        Console(width=110).print(compare([int(minutes) for minutes in asked.minutes]))


if __name__ == "__main__":
    main()
