"""The quick start does what it says, run as it stands on the page."""

import asyncio
import os
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from subprocess import run

import pytest

from db.session import Database
from deployments.kdtalker.fake import FakeVideo
from deployments.llm.fake import FakeScript
from deployments.zyphra.fake import FakeSpeech
from pipeline.media.probe import probe
from pipeline.producer import Producer
from pipeline.storage import Storage

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "quickstart.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8000"
PATIENCE_SECONDS = 240


def block(language: str) -> str:
    """The one block of code in this language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert ADDRESS in found
    return str(found)


@pytest.fixture
def producer(database: Database, storage: Storage) -> Iterator[None]:
    """A producer at work in a thread, over engines that are quick."""
    made = Producer(database, storage, FakeScript(), FakeSpeech(), FakeVideo(), name="quickstart")
    loop = asyncio.new_event_loop()
    task = loop.create_task(made.run())
    thread = threading.Thread(target=loop.run_until_complete, args=[asyncio.wait([task])])
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(PATIENCE_SECONDS)
        loop.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    return tmp_path


def follow(command: list[str], folder: Path) -> str:
    """What it prints; it must have made the film."""
    environment = {"PATH": os.environ["PATH"]}
    done = run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False,
        timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    film = probe(folder / "lesson.mp4")
    assert film.seconds > 1
    return done.stdout


@pytest.mark.skipif(not (which("curl") and which("jq")), reason="needs curl and jq")
@pytest.mark.usefixtures("producer")
def test_with_curl_it_ends_with_a_film(server: str, folder: Path) -> None:
    told = follow(["bash", "-c", block("sh").replace(ADDRESS, server)], folder)
    assert "event: job.succeeded" in told


@pytest.mark.usefixtures("producer")
def test_with_python_it_ends_with_a_film(server: str, folder: Path) -> None:
    told = follow([sys.executable, "-c", block("python").replace(ADDRESS, server)], folder)
    assert told.splitlines()[-1].endswith("job.succeeded")
