"""`lectern batch`: many lessons from a file, through the HTTP API of a running studio."""

import time
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from serve.client import StudioClient
from serve.making import SpecUnreadable, read_spec, upload_parts
from serve.package_names import PackageName

LOOK_EVERY_SECONDS = 2.0
ENDED = ("succeeded", "failed", "cancelled")


def make_batch(
    client: StudioClient,
    items: Path,
    lesson: Path,
    out: Path,
    console: Console,
    course: PackageName | None = None,
) -> dict[str, Any]:
    """Sends a batch, waits for its end, and writes its archive and manifest into ``out``.

    With ``course`` also all its lessons as one package; Refused where one of them failed.
    ``lesson`` is a lesson file. ``items`` is a CSV, which fills the ``{{names}}`` in its texts; or
    YAML, a list of what each item changes of it. Gives the batch as it is at its end. Raises
    SpecUnreadable, Refused.
    """
    batch = client.call("POST", "/api/batches", json=_asked(client, items, lesson))
    _tell_refused(batch, console)
    place = f"/api/batches/{batch['id']}"
    columns = TextColumn("{task.description}"), BarColumn(bar_width=40), MofNCompleteColumn()
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task(batch["title"], total=batch["items"])
        while batch["finished_at"] is None:
            time.sleep(LOOK_EVERY_SECONDS)
            batch = client.call("GET", place)
            done = sum(batch["counts"][status] for status in ENDED)
            progress.update(bar, completed=done)
    out.mkdir(parents=True, exist_ok=True)
    client.download(f"{place}/manifest.json", out / "manifest.json")
    client.download(f"{place}/archive.zip", out / "lessons.zip")
    if course is not None:
        client.download(f"{place}/course/{course}", out / f"course-{course}")
    return dict(batch)


def _asked(client: StudioClient, items: Path, lesson: Path) -> dict[str, Any]:
    """Read before anything is uploaded: what is wrong here costs nothing."""
    listed = None if items.suffix == ".csv" else _items(items)
    text = _text(items) if listed is None else ""
    spec = upload_parts(client, read_spec(lesson), lesson.parent)
    asked: dict[str, Any] = {"title": items.stem}
    if listed is None:
        return asked | {"template": spec, "csv": text}
    return asked | {"defaults": spec, "items": listed}


def _items(path: Path) -> list[Any]:
    try:
        items = yaml.safe_load(_text(path))
    except yaml.YAMLError as error:
        raise SpecUnreadable(path, error) from error
    if not isinstance(items, list) or not items:
        raise SpecUnreadable(path, "it must be a list of what each item changes of the lesson.")
    return items


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise SpecUnreadable(path, error) from error


def _tell_refused(batch: dict[str, Any], console: Console) -> None:
    for item in batch["refused"]:
        for error in item["errors"]:
            told = f"row {item['row']}: {error['field']}: {error['message']}"
            console.print(told, style="yellow", markup=False, highlight=False)
