"""How long packaging a lesson takes, export by export, and whether its memory stays flat.

``python -m bench.package [MINUTES …]``: lessons of 3, 30 and 60 minutes, each in a process of its
own. Every scene is half a minute of speech under a moving 512 × 512 picture.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time

import cv2
import numpy as np
import soxr
from hibari import Hibari
from rich.console import Console
from rich.table import Table

from pipeline.engines import EngineCard
from pipeline.export.package import package_lesson
from pipeline.lesson import (
    SAMPLE_RATE,
    SAMPLES_PER_FRAME,
    ExportName,
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

FRAMES = 750
SIZE = (512, 512)
PORTRAIT = Path(__file__).parents[1] / "samples" / "portrait.png"
SENTENCE = "Plants make their own food from light, water, and the carbon dioxide of the air."
EXPORTS: tuple[tuple[ExportName, ...], ...] = (
    ("lesson.mp4",),
    ("speech.webm",),
    ("captions.vtt", "captions.srt", "transcript.txt", "poster.jpg"),
    (
        "lesson.mp4",
        "speech.webm",
        "captions.vtt",
        "captions.srt",
        "transcript.txt",
        "poster.jpg",
        "scorm12.zip",
    ),
)
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


def package(template: FinishedScene, minutes: int, exports: tuple[ExportName, ...]) -> None:
    """One measurement, in a process of its own; prints it as JSON."""
    scenes = [
        replace(template, scene=Scene(index, f"Part {index + 1}", SENTENCE))
        for index in range(minutes * 2)
    ]
    before = peak_megabytes()
    wall, cpu = perf_counter(), process_time()
    with tempfile.TemporaryDirectory() as out:
        files = package_lesson(
            scenes,
            lesson_id="bench",
            title="Bench",
            language="en-us",
            exports=exports,
            engines=ENGINES,
            out_dir=Path(out),
        )
        size = sum(file.path.stat().st_size for file in files)
    print(
        json.dumps(
            {
                "wall": perf_counter() - wall,
                "cpu": process_time() - cpu,
                "before": before,
                "peak": peak_megabytes(),
                "size": size / 2**20,
            }
        )
    )


def peak_megabytes() -> float:
    """The most memory this process has held; not ``ru_maxrss``, which counts its parent's too."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def measured(folder: Path, minutes: int, exports: tuple[ExportName, ...]) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.package", "--in", str(folder), str(minutes), *exports]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def compare(lengths: list[int]) -> Table:
    table = Table(title=f"Packaging, on {os.cpu_count()} cores of {platform.machine()}")
    for column in ("minutes", "exports", "wall s", "cpu s", "× real time", "peak MB", "MiB"):
        table.add_column(column, justify="left" if column == "exports" else "right")
    with tempfile.TemporaryDirectory() as name:
        make_scene(Path(name))
        for minutes in lengths:
            for exports in EXPORTS:
                found = measured(Path(name), minutes, exports)
                table.add_row(
                    str(minutes),
                    exports[0] if len(exports) == 1 else f"{exports[0]} … {exports[-1]}",
                    f"{found['wall']:.1f}",
                    f"{found['cpu']:.1f}",
                    f"{minutes * 60 / found['wall']:.0f}",
                    f"{found['before']:.0f} → {found['peak']:.0f}",
                    f"{found['size']:.1f}",
                )
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", nargs="*", default=["3", "30", "60"])
    parser.add_argument("--in", dest="folder", type=Path, help="measure here: MINUTES EXPORT …")
    asked = parser.parse_args()
    if asked.folder:
        package(made_scene(asked.folder), int(asked.minutes[0]), tuple(asked.minutes[1:]))
    else:
        Console().print(compare([int(minutes) for minutes in asked.minutes]))


if __name__ == "__main__":
    main()
