"""`lectern batch`: a spreadsheet and a lesson file become an archive of lessons."""

import json
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console
from sqlalchemy import select

from db import jobs
from db.models import Export, Job, JobStatus
from db.session import Database
from pipeline.export.timings import TIMINGS, dump_timings
from pipeline.lesson import FinishedScene, Scene
from pipeline.storage import Storage, export_key
from serve import batching
from serve.batching import make_batch
from serve.client import Refused, StudioClient, register
from serve.making import SpecUnreadable
from tests.media import sentences_of, spoken_words

SAMPLE = Path(__file__).parents[2] / "samples" / "portrait.png"
LESSON = {
    "title": "{{name}}",
    "portrait": "portrait.png",
    "consent": {"portrait": {"statement": "invented", "person": "Nobody", "scope": "Tests"}},
    "scenes": [{"narration": "This is about {{name}}."}],
}


@pytest.fixture
def client(server: str) -> Iterator[StudioClient]:  # type: ignore[override]
    register(server, "ada@example.org", "ada", "a quiet river at noon")
    with StudioClient(server, "ada", "a quiet river at noon") as opened:
        yield opened


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    (tmp_path / "portrait.png").write_bytes(SAMPLE.read_bytes())
    return written(tmp_path / "lesson.yaml", yaml.safe_dump(LESSON))


@pytest.fixture
def worker(database: Database, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ends every job as soon as it is there, with one small file."""
    monkeypatch.setattr(batching, "LOOK_EVERY_SECONDS", 0.05)
    stopping = threading.Event()

    def work() -> None:
        while not stopping.is_set():
            with database.transaction() as db:
                for found in db.scalars(select(Job).where(Job.status == JobStatus.QUEUED)):
                    finish(db, storage, found)
            time.sleep(0.02)

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stopping.set()
    thread.join(240)


def finish(db: Any, storage: Storage, found: Job) -> None:
    job = jobs.lock(db, found.id)
    assert job is not None
    for name in ("transcript.txt", "lesson.mp4", "poster.jpg"):
        key = export_key(job.owner_id, job.id, name)
        storage.put(key, job.title.encode(), "text/plain")
        db.add(
            Export(
                job_id=job.id, name=name, content_type="text/plain",
                bytes=len(job.title.encode()), sha256="0" * 64, storage_key=key,
            )
        )  # fmt: skip
    words = spoken_words(f"This is about {job.title}.", 3)
    scene = FinishedScene(Scene(0, None, ""), Path(), None, 3, words, sentences_of(words))
    storage.put(export_key(job.owner_id, job.id, TIMINGS), dump_timings([scene]), "text/json")
    jobs.end(db, job, JobStatus.SUCCEEDED)


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("kind", ["csv", "yaml"])
def test_a_file_of_items_becomes_an_archive(
    client: StudioClient, worker: None, lesson: Path, tmp_path: Path, kind: str
) -> None:
    if kind == "csv":
        items = written(tmp_path / "weather.csv", "external_id,name\nw-1,Rain\nw-2,\nw-3,Snow\n")
    else:
        listed = [
            {"external_id": "w-1", "title": "Rain"},
            {"external_id": "w-2", "title": ""},
            {"external_id": "w-3", "title": "Snow"},
        ]
        items = written(tmp_path / "weather.yaml", yaml.safe_dump(listed))
    console = Console(record=True, width=200)
    batch = make_batch(client, items, lesson, tmp_path / "out", console)
    assert (batch["title"], batch["items"], batch["refused_count"]) == ("weather", 2, 1)
    assert batch["counts"]["succeeded"] == 2
    assert "row 2: title: " in console.export_text()
    with zipfile.ZipFile(tmp_path / "out" / "lessons.zip") as found:
        assert found.read("001-w-1/transcript.txt") == b"Rain"
        assert found.read("003-w-3/transcript.txt") == b"Snow"
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert [item["external_id"] for item in manifest["items"]] == ["w-1", "w-3"]


def test_a_batch_is_fetched_as_a_course_too(
    client: StudioClient, worker: None, lesson: Path, tmp_path: Path
) -> None:
    items = written(tmp_path / "weather.csv", "name\nRain\nSnow\n")
    make_batch(client, items, lesson, tmp_path / "out", Console(), "cmi5.zip")
    with zipfile.ZipFile(tmp_path / "out" / "course-cmi5.zip") as found:
        assert found.read("lesson001/lesson.mp4") == b"Rain"
        assert found.read("lesson002/lesson.mp4") == b"Snow"
        assert b">weather</langstring>" in found.read("cmi5.xml")


@pytest.mark.parametrize("text", ["items: 1", "- [", "[]"])
def test_items_that_cannot_be_read_are_told_before_anything_is_sent(
    client: StudioClient, lesson: Path, tmp_path: Path, text: str
) -> None:
    items = written(tmp_path / "items.yaml", text)
    with pytest.raises(SpecUnreadable, match=r"items\.yaml"):
        make_batch(client, items, lesson, tmp_path / "out", Console())
    assert client.call("GET", "/api/assets")["total"] == 0


def test_what_the_studio_refuses_is_told(
    client: StudioClient, lesson: Path, tmp_path: Path
) -> None:
    items = written(tmp_path / "weather.csv", "title\nRain\n")
    with pytest.raises(Refused, match="no column “name”"):
        make_batch(client, items, lesson, tmp_path / "out", Console())


def test_the_studio_s_advice_goes_with_its_refusal(client: StudioClient, server: str) -> None:
    with pytest.raises(Refused, match="password is wrong") as refused:
        StudioClient(server, "ada", "a loud sea at midnight").sign_in()
    assert "upper and lower case" in refused.value.advice
