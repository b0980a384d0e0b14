"""A scene through the KDTalker engine, from speech to encoded clip: how fast, in how much memory.

``python -m bench.kdtalker_scene [--device cuda] [--seconds 20] [--resolution 720p]`` with stand-in
weights in official files, which take 800 MB on disk for as long as it runs. ``--memory`` makes a
scene of 3 and one of 30 minutes in a process each, with everything real but the nets, which are
replaced by something quick; memory is counted above what the speech itself takes.
"""

import argparse
import asyncio
import multiprocessing
import os
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import psutil

from deployments import model_files
from deployments.kdtalker.kdtalker import loading
from deployments.kdtalker.kdtalker.meter import unmeasured
from deployments.kdtalker.kdtalker.performer import load_performer
from deployments.kdtalker.kdtalker.standin import write_standins
from deployments.kdtalker.talking import Model, Talking
from pipeline.engines import VideoRequest
from pipeline.lesson import SAMPLE_RATE, Speech, VideoSpec
from tests.kdtalker import StandInModel
from tests.portraits import MODELS, drawing

MINUTES = (3, 30)
LOOK_SECONDS = 0.2
HALF = {"cpu": "float32"}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--device", default="cpu")
    arguments.add_argument("--dtype")
    arguments.add_argument("--batch", type=int, default=1)
    arguments.add_argument("--seconds", type=float, default=0.4)
    arguments.add_argument("--resolution", default="512")
    arguments.add_argument("--memory", action="store_true")
    given = arguments.parse_args()
    model_files.pull(["puppet"], MODELS, on_progress=lambda _: None)
    if given.memory:
        compare_memory()
        return
    dtype = given.dtype or HALF.get(given.device, "bfloat16")
    with TemporaryDirectory(dir="/tmp") as folder:
        write_standins(loading.FILES, Path(folder))
        performer = load_performer(Path(folder), given.device, dtype, given.batch)
    performer.warm_up()
    frames, spent, first = made(StandInModel(performer), talk(given.seconds), given.resolution)
    print(
        f"{frames} pictures of {given.resolution} in {spent:.1f} s: {frames / spent:.2f} a second,"
    )
    print(f"{frames / spent / 25:.3f} × real time; the first group after {first:.1f} s")
    performer.close()


def made(model: Model, speech: Speech, resolution: str) -> tuple[int, float, float]:
    """Pictures, seconds, and seconds until the first group of them."""
    engine = Talking(MODELS, model, unmeasured)
    video = VideoSpec.model_validate({"resolution": resolution, "aspect": "16:9"})
    ask = VideoRequest(drawing(), speech, video, engine="kdtalker")
    started, first, frames = time.perf_counter(), 0.0, 0

    async def take() -> None:
        nonlocal first, frames
        async for piece in engine.animate(ask):
            # empty ones are signs of life
            if piece.frames and not first:
                first = time.perf_counter() - started
            frames += piece.frames

    asyncio.run(take())
    return frames, time.perf_counter() - started, first


def talk(seconds: float) -> Speech:
    """Noise in syllables."""
    random = np.random.default_rng(0)
    sound = random.standard_normal(round(seconds * SAMPLE_RATE), np.float32) * np.float32(0.1)
    at = np.arange(len(sound), dtype=np.float32) / SAMPLE_RATE
    sound *= np.sin(at * 12) ** 2
    return Speech(sound)


def compare_memory() -> None:
    """Each in a process of its own, so that neither finds the other's memory."""
    peaks = []
    for minutes in MINUTES:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            frames, above, held = pool.apply(peak, (minutes,))
        peaks.append(held)
        print(
            f"{minutes:3} minutes: {frames} pictures, {held:.0f} MiB at most, {above:.0f} MiB above"
        )
        print("             what was held before the first picture; speech not counted")
    print(f"ratio {peaks[1] / peaks[0]:.3f}")


def peak(minutes: int) -> tuple[int, float, float]:
    """Pictures, and the most MiB held, above the beginning and in all, less the speech."""
    model, speech = StandInModel(), talk(minutes * 60)
    made(model, talk(2), "512")
    process, over, highest = psutil.Process(os.getpid()), threading.Event(), 0.0
    before = process.memory_full_info().uss / 2**20

    def watch() -> None:
        nonlocal highest
        while not over.wait(LOOK_SECONDS):
            highest = max(highest, process.memory_full_info().uss / 2**20)

    watching = threading.Thread(target=watch)
    watching.start()
    frames, _, _ = made(model, speech, "512")
    over.set()
    watching.join()
    model.performer().close()
    return frames, highest - before, highest - speech.samples.nbytes / 2**20


if __name__ == "__main__":
    main()
