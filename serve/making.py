"""`lectern make`: a lesson from a file, through the HTTP API of a running studio."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from pipeline.errors import LecternError
from serve.client import StudioClient

STEPS = ("script", "speech", "video", "package")


class SpecUnreadable(LecternError):
    """The lesson file “{0}” cannot be used: {1}"""

    code = "spec_unreadable"
    advice = "See samples/lesson.yaml for how a lesson file looks."


class LessonFailed(LecternError):
    """The lesson was not made: {0}"""

    code = "lesson_failed"

    def __init__(self, sentence: str, advice: str = "") -> None:
        super().__init__(sentence)
        self.advice = advice


@dataclass(slots=True)
class MadeLesson:
    """What came of it: the job as the API tells it, and when things were there, in seconds."""

    job: dict[str, Any]
    files: list[Path] = field(default_factory=list)
    wall_seconds: float = 0.0
    first_scene_seconds: float | None = None


def make_lesson(client: StudioClient, spec_file: Path, out: Path, console: Console) -> MadeLesson:
    """Uploads what the file names, makes the lesson, downloads every export into ``out``."""
    spec = upload_parts(client, read_spec(spec_file), spec_file.parent)
    started = time.monotonic()
    job = client.call("POST", "/api/jobs", json=spec)
    first = _follow(client, job["id"], started, console)
    made = MadeLesson(client.call("GET", f"/api/jobs/{job['id']}"))
    made.wall_seconds = time.monotonic() - started
    made.first_scene_seconds = first
    if made.job["status"] != "succeeded":
        error = made.job.get("error") or {}
        raise LessonFailed(error.get("detail", made.job["status"]), error.get("advice", ""))
    out.mkdir(parents=True, exist_ok=True)
    for export in client.call("GET", f"/api/jobs/{job['id']}/exports"):
        made.files.append(out / export["name"])
        client.download(export["address"], made.files[-1])
    return made


def read_spec(path: Path) -> dict[str, Any]:
    try:
        spec = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise SpecUnreadable(path, error) from error
    if not isinstance(spec, dict) or "portrait" not in spec:
        raise SpecUnreadable(path, "it must be a mapping that names a portrait.")
    _check_consent(path, spec)
    return spec


def _check_consent(path: Path, spec: dict[str, Any]) -> None:
    consent = spec.get("consent")
    for kind in ("portrait", "voice"):
        if kind in spec and not (isinstance(consent, dict) and isinstance(consent.get(kind), dict)):
            raise SpecUnreadable(
                path, f"it must say under `consent` who the {kind} is of, and that they agree."
            )


def upload_parts(client: StudioClient, spec: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The spec with ids in place of the files it names: portrait, voice, a scene's slide."""
    spec = dict(spec)
    consent = spec.pop("consent", {})
    for kind in ("portrait", "voice"):
        if file := spec.pop(kind, None):
            spec[f"{kind}_id"] = client.upload(kind, folder / file)
            client.consent(spec[f"{kind}_id"], consent[kind])
    spec["scenes"] = [_with_slide(client, scene, folder) for scene in spec.get("scenes", ())]
    return spec


def _with_slide(client: StudioClient, scene: dict[str, Any], folder: Path) -> dict[str, Any]:
    scene = dict(scene)
    if slide := scene.pop("slide", None):
        scene["slide_id"] = client.upload("slide", folder / slide)
    return scene


def _follow(client: StudioClient, job: str, started: float, console: Console) -> float | None:
    """Shows a bar a step until the job ends; gives the seconds until the first scene was there."""
    first: float | None = None
    columns = (
        TextColumn("{task.description:<8}"),
        BarColumn(bar_width=40),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[note]}"),
    )
    with Progress(*columns, console=console) as progress:
        bars = {step: progress.add_task(step, total=1.0, note="", start=False) for step in STEPS}
        for event in _until_the_end(client, job):
            _show(progress, bars, event)
            if event["kind"] == "scene.filmed" and event["scene"] == 0:
                first = first or time.monotonic() - started
    return first


def _until_the_end(client: StudioClient, job: str) -> Iterator[dict[str, Any]]:
    for event in client.events(job):
        yield event
        if event["kind"] in ("job.succeeded", "job.failed", "job.cancelled"):
            return


def _show(progress: Progress, bars: dict[str, TaskID], event: dict[str, Any]) -> None:
    bar = bars.get(event.get("step", ""))
    if bar is None:
        return
    match event["kind"]:
        case "step.started":
            progress.start_task(bar)
            progress.update(bar, note=(event.get("engine") or {}).get("label", ""))
        case "step.progress":
            progress.update(bar, completed=event["progress"])
        case "step.succeeded":
            progress.update(bar, completed=1.0)
            progress.stop_task(bar)
        case "step.failed":
            progress.update(bar, note=f"[red]{event['detail']}")
            progress.stop_task(bar)
