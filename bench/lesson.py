"""The sample lesson, warm: the running studio beside the same engines one after the other.

Starts a studio of its own, makes the lesson ``--rounds`` times in each way, in turn, and prints the
median seconds of work a second of video, by step:
``python -m bench.lesson [--rounds 3]``
"""

import argparse
import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import yaml
from rich.console import Console

from deployments.kdtalker.puppet import Puppet
from deployments.llm.composer import Composer
from deployments.zyphra.builtin import Builtin
from pipeline.engines import EngineCard, ScriptRequest, SpeechRequest, VideoRequest
from pipeline.export.package import package_lesson
from pipeline.lesson import FinishedScene, LessonSpec, Scene, Speech, VideoSpec
from pipeline.media.mux import mux_clip
from pipeline.media.sound import flac_bytes
from pipeline.provenance.payload import Payload
from pipeline.script import collect
from pipeline.steps.speech import framed
from serve.making import make_lesson
from tests.running import MODELS, RunningStudio

SAMPLE = Path(__file__).parents[1] / "samples" / "lesson.yaml"
T = TypeVar("T")
STEPS = ("script", "speech", "video", "package")
EXPORTS = LessonSpec.model_fields["exports"].default


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds: the lesson's own, the wall's, until the first scene, and of work by step."""

    lesson: float
    wall: float
    first_scene: float
    steps: dict[str, float]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    rounds = arguments.parse_args().rounds
    with TemporaryDirectory(prefix="lectern-bench-", dir="/tmp") as folder:
        studio = RunningStudio(Path(folder) / "home")
        studio.start()
        try:
            in_studio(studio, Path(folder), seed=0)  # warm
            plain = PlainRun()
            plain.make(Path(folder), seed=0)
            served, alone = [], []
            for number in range(1, rounds + 1):
                served.append(in_studio(studio, Path(folder), seed=number))
                alone.append(plain.make(Path(folder), seed=number))
        finally:
            studio.stop()
    show(served, alone)


def in_studio(studio: RunningStudio, folder: Path, seed: int) -> Round:
    """Through the HTTP API; another seed, so that nothing is found done."""
    spec = yaml.safe_load(SAMPLE.read_text())
    spec |= {"portrait": str(SAMPLE.parent / spec["portrait"]), "speech": {"seed": seed}}
    file = folder / "lesson.yaml"
    file.write_text(yaml.safe_dump(spec))
    with studio.client() as client:
        made = make_lesson(client, file, folder / "out", Console(file=StringIO()))
    return Round(
        lesson=sum(scene["seconds"] for scene in made.job["scenes"]),
        wall=made.wall_seconds,
        first_scene=made.first_scene_seconds or 0.0,
        steps={step["name"]: step["work_seconds"] for step in made.job["steps"]},
    )


class PlainRun:
    """The same engines in this process, one call after the other, without a studio round them."""

    def __init__(self) -> None:
        self._spec: dict[str, Any] = yaml.safe_load(SAMPLE.read_text())
        self._portrait = (SAMPLE.parent / self._spec["portrait"]).read_bytes()
        self._composer, self._builtin, self._puppet = Composer(), Builtin(), Puppet(MODELS)

    def make(self, folder: Path, seed: int) -> Round:
        spent: dict[str, float] = {}
        started = time.monotonic()
        scenes = self._timed(spent, "script", self._write)
        speeches = self._timed(spent, "speech", lambda: [self._speak(s, seed) for s in scenes])
        first = 0.0
        finished: list[FinishedScene] = []
        for scene, speech in zip(scenes, speeches, strict=True):
            finished.append(
                self._timed(spent, "video", lambda: self._film(scene, speech, seed, folder))  # noqa: B023
            )
            first = first or time.monotonic() - started
        self._timed(spent, "package", lambda: self._package(finished, folder))
        wall = time.monotonic() - started
        return Round(sum(s.seconds for s in speeches), wall, first, spent)

    def _timed(self, spent: dict[str, float], step: str, work: Callable[[], T]) -> T:
        started = time.monotonic()
        result = work()
        spent[step] = spent.get(step, 0.0) + time.monotonic() - started
        return result

    def _write(self) -> tuple[Scene, ...]:
        ask = ScriptRequest(prompt=self._spec["prompt"], notes=self._spec["notes"])

        async def write() -> tuple[Scene, ...]:
            return await collect(self._composer.write(ask))

        return asyncio.run(write())

    def _speak(self, scene: Scene, seed: int) -> Speech:
        async def speak() -> Speech:
            ask = SpeechRequest(scene.narration, seed=seed)
            return framed([piece async for piece in self._builtin.speak(ask)], Payload(0, 0))

        return asyncio.run(speak())

    def _film(self, scene: Scene, speech: Speech, seed: int, folder: Path) -> FinishedScene:
        silent, clip = folder / "silent.mp4", folder / f"{scene.index}.mp4"
        sound = folder / f"{scene.index}.flac"
        look = VideoSpec(background=self._spec["video"]["background"])
        ask = VideoRequest(self._portrait, speech, look, seed=seed)

        async def draw() -> None:
            with silent.open("wb") as out:
                async for piece in self._puppet.animate(ask):
                    out.write(piece.bytes_)

        asyncio.run(draw())
        mux_clip(silent, speech.samples, clip)
        sound.write_bytes(flac_bytes(speech.samples))
        return FinishedScene(scene, sound, clip, speech.seconds, speech.words, speech.sentences)

    def _package(self, scenes: list[FinishedScene], folder: Path) -> None:
        out = folder / "plain"
        out.mkdir(exist_ok=True)
        card = EngineCard("bench", "1", "embedded", "A benchmark")
        package_lesson(
            scenes,
            lesson_id="bench",
            title=self._spec["title"],
            language="en-us",
            exports=EXPORTS,
            engines={"script": card, "speech": card, "video": card},
            out_dir=out,
        )


def show(served: list[Round], alone: list[Round]) -> None:
    cores, load = os.cpu_count(), os.getloadavg()[0]
    print(f"{served[0].lesson:.1f} s of lesson, {len(served)} rounds each, medians; ", end="")
    print(f"{cores} cores, load {load:.1f} at the end")
    print(f"{'':34}{'studio':>10}{'plain run':>12}{'ratio':>8}")
    rows: list[tuple[str, Callable[[Round], float]]] = [
        (f"{step}, s of work a s of video", lambda r, step=step: r.steps[step] / r.lesson)  # type: ignore[misc]
        for step in STEPS
    ]
    rows += [
        ("all, wall s a s of video", lambda r: r.wall / r.lesson),
        ("× real time", lambda r: r.lesson / r.wall),
        ("first scene playable, s", lambda r: r.first_scene),
    ]
    for name, of in rows:
        a, b = median(map(of, served)), median(map(of, alone))
        print(f"{name:<34}{a:>10.3f}{b:>12.3f}{a / b if b else 0:>8.2f}")


if __name__ == "__main__":
    main()
