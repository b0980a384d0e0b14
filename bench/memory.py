"""How much memory a long lesson takes, beside a short one.

Makes a lesson of ``--short`` and then one of ``--long`` minutes in a studio of its own, and watches
the memory that the replicas which work on it hold for themselves (Linux' unique set size):
``python -m bench.memory [--short 3] [--long 30]``
"""

import argparse
import threading
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from pipeline.sentences import estimate_seconds
from serve.client import StudioClient
from serve.making import upload_parts
from tests.running import RunningStudio

SAMPLES = Path(__file__).parents[1] / "samples"
DEPLOYMENTS = ("Producer", "Zyphra", "KDTalker")
SAMPLE_SECONDS = 0.5
PARAGRAPH = (
    "Rain number {0} began as water in the sea. The sun warmed it, and some of it rose as vapour. "
    "High up the air is cold, and the vapour became drops, a cloud of them. When the drops grew "
    "too heavy to float, they fell, and the round began once more."
)


class Watch:
    """The most that each deployment's replicas held together, in MiB."""

    def __init__(self, studio: RunningStudio) -> None:
        self._studio = studio
        self._over = threading.Event()
        self.peaks = dict.fromkeys(DEPLOYMENTS, 0.0)
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            for name in DEPLOYMENTS:
                held = sum(_unique_mib(process) for process in self._studio.replicas(name))
                self.peaks[name] = max(self.peaks[name], held)


def _unique_mib(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().uss) / 2**20
    except psutil.Error:
        return 0.0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--short", type=float, default=3)
    arguments.add_argument("--long", type=float, default=30)
    asked = arguments.parse_args()
    with TemporaryDirectory(prefix="lectern-bench-", dir="/tmp") as folder:
        studio = RunningStudio(Path(folder) / "home")
        studio.start()
        try:
            with studio.client() as client:
                make(client, 0.5, "warm")
                rows = [
                    (minutes, *watched(studio, client, minutes))
                    for minutes in (asked.short, asked.long)
                ]
        finally:
            studio.stop()
    show(rows)


def watched(
    studio: RunningStudio, client: StudioClient, minutes: float
) -> tuple[float, dict[str, float]]:
    with Watch(studio) as watch:
        seconds = make(client, minutes, f"{minutes:g} minutes")
    return seconds, watch.peaks


def make(client: StudioClient, minutes: float, title: str) -> float:
    """The lesson's length in seconds."""
    count = max(1, round(minutes * 60 / estimate_seconds(PARAGRAPH)))
    spec: dict[str, Any] = {
        "title": title,
        "portrait": "portrait.png",
        "consent": {"portrait": {"statement": "invented", "person": "The drawn presenter"}},
        "scenes": [{"narration": PARAGRAPH.format(f"{minutes:g} {n}")} for n in range(count)],
    }
    job = client.call("POST", "/api/jobs", json=upload_parts(client, spec, SAMPLES))["id"]
    last = list(client.events(job))[-1]
    if last["kind"] != "job.succeeded":
        raise SystemExit(f"the lesson was not made: {last}")
    return float(last["seconds"])


def show(rows: list[tuple[float, float, dict[str, float]]]) -> None:
    print(f"{'MiB held at most':<20}" + "".join(f"{name:>12}" for name in (*DEPLOYMENTS, "all")))
    totals = []
    for _, seconds, peaks in rows:
        totals.append(sum(peaks.values()))
        held = "".join(f"{peaks[name]:>12.0f}" for name in DEPLOYMENTS)
        print(f"{seconds / 60:<6.1f} minutes      {held}{totals[-1]:>12.0f}")
    print(f"{'ratio':<20}" + " " * 36 + f"{totals[-1] / totals[0]:>12.2f}")


if __name__ == "__main__":
    main()
