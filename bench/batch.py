"""How soon a batch of 500 lessons is accepted, told of, and packed.

``python -m bench.batch [BATCHES]``: 20 batches of 500 over HTTP, one after the other, into a
Postgres that keeps what it commits, 500 lessons of four scenes of half a minute, each with words of
its own; then the manifest and the archive of one whose lessons are there, 500 films of 2 MiB. One
process serves and asks, as on a small machine.
"""

import argparse
import os
import secrets
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psutil
import uvicorn
from rich.console import Console
from rich.table import Table
from sqlalchemy import insert, select, update

from db.models import (
    Asset,
    AssetKind,
    AssetStatus,
    Consent,
    Export,
    Job,
    JobStatus,
    Statement,
    User,
)
from db.quotas import Quotas
from db.schema import migrate
from db.session import Database
from deployments.kdtalker.fake import FakeVideo
from deployments.llm.fake import FakeQuiz, FakeScript
from deployments.zyphra.fake import FakeSpeech
from pipeline.storage import Storage, export_key
from serve.deps import Studio
from serve.ingress import create_app
from serve.rates import Rates
from serve.security import Tokens
from serve.services.objects import USUAL_PORTS, ObjectStore, StorageKeys
from serve.services.ports import OWN_RANGE
from serve.services.postgres import Postgres

ITEMS = 500
FILM_BYTES = 2 * 2**20
PERSON = {"email": "ada@example.org", "username": "ada", "password": "a quiet river at noon"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("batches", nargs="?", type=int, default=20)
    batches: int = parser.parse_args().batches
    table = Table("what", "seconds", "")
    with studio() as (database, storage, http):
        portrait = _portrait(database)
        before = time.process_time()
        taken = [_submit(http, portrait, number) for number in range(batches)]
        worked = (time.process_time() - before) / batches
        seconds = sorted(each[0] for each in taken)
        table.add_row("accepted, median", f"{statistics.median(seconds):.2f}", f"{ITEMS} items")
        table.add_row("of that, work of Python", f"{worked:.2f}", "both sides of the connection")
        table.add_row("accepted, p95", f"{seconds[int(0.95 * (batches - 1))]:.2f}", f"of {batches}")
        batch = taken[0][1]
        _finish(database, storage, UUID(batch))
        for path in ("", "/items?limit=100", "/manifest.json"):
            table.add_row(path or "read", f"{_timed(http, batch, path)[0]:.2f}", "")
        before = psutil.Process().memory_info().rss
        peak, (took, bytes_) = _watched(lambda: _timed(http, batch, "/archive.zip"))
        told = f"{bytes_ / 2**20 / took:.0f} MiB/s, memory + {(peak - before) / 2**20:.0f} MiB"
        table.add_row("/archive.zip", f"{took:.2f}", told)
    cores = os.cpu_count()
    Console().print(table, f"{cores} cores; Postgres with fsync, SeaweedFS, one uvicorn process")


@contextmanager
def studio() -> Iterator[tuple[Database, Storage, httpx.Client]]:
    """A studio without workers, and Ada, signed in."""
    with tempfile.TemporaryDirectory(prefix="lectern-bench-", dir="/tmp") as name:
        folder = Path(name)
        password = secrets.token_urlsafe(16)
        postgres = Postgres(folder / "data", folder / "run", folder / "postgres.log", password)
        keys = StorageKeys("bench", secrets.token_urlsafe(16), secrets.token_urlsafe(16))
        ports = dict.fromkeys(USUAL_PORTS, OWN_RANGE.start)
        objects = ObjectStore(folder / "objects", folder / "objects.log", keys, "bench", ports)
        try:
            postgres.start()
            objects.start()
            migrate(postgres.url("lectern"))
            database, storage = Database(postgres.url("lectern")), objects.storage("bench")
            storage.ensure_bucket()
            with _served(database, storage) as url, httpx.Client(base_url=url, timeout=600) as http:
                http.post("/api/auth/register", json=PERSON).raise_for_status()
                login = {"login": PERSON["username"], "password": PERSON["password"]}
                token = http.post("/api/auth/login", json=login).json()["access_token"]
                http.headers["Authorization"] = f"Bearer {token}"
                yield database, storage, http
        finally:
            objects.stop()
            postgres.stop()


@contextmanager
def _served(database: Database, storage: Storage) -> Iterator[str]:
    parts = Studio(
        database, storage, FakeScript(), FakeQuiz(), FakeSpeech(), FakeVideo(),
        Tokens("only for this bench, 32 bytes long"), _no_face, "bench",
        rates=Rates(0, 0, 0, 0), quotas=Quotas(jobs=None),
    )  # fmt: skip
    server = uvicorn.Server(uvicorn.Config(create_app(parts), port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def _no_face(portrait: bytes) -> Any:  # noqa: ARG001
    raise AssertionError("the bench uploads no portraits")


def _portrait(database: Database) -> str:
    with database.transaction() as db:
        owner = db.scalars(select(User)).one()
        asset = Asset(
            owner_id=owner.id, kind=AssetKind.PORTRAIT, status=AssetStatus.READY, name="portrait",
            content_type="image/png", bytes=1, sha256="0" * 64, storage_key="none",
        )  # fmt: skip
        db.add(asset)
        db.flush()
        consent = {"statement": Statement.INVENTED, "person": "Nobody", "scope": "A bench"}
        db.add(Consent(asset_id=asset.id, **consent))
        return str(asset.id)


def _submit(http: httpx.Client, portrait: str, number: int) -> tuple[float, str]:
    """How long it took, and the batch's id."""
    items = [
        {"external_id": f"{number}-{n}", "title": f"Unit {n}", "scenes": _scenes(n)}
        for n in range(ITEMS)
    ]
    defaults = {"portrait_id": portrait, "engines": {"speech": "fake"}}
    started = time.perf_counter()
    answer = http.post("/api/batches", json={"defaults": defaults, "items": items})
    took = time.perf_counter() - started
    answer.raise_for_status()
    return took, str(answer.json()["id"])


def _scenes(lesson: int) -> list[dict[str, str]]:
    words = "Warm air rises and carries water, which comes back as rain when the air cools. " * 6
    return [{"narration": f"This is part {part} of unit {lesson}. {words}"} for part in range(4)]


def _finish(database: Database, storage: Storage, batch: UUID) -> None:
    """As if every lesson had been made: one film for all of them in the storage."""
    film = os.urandom(FILM_BYTES)
    with database.transaction() as db:
        jobs = db.scalars(select(Job).where(Job.batch_id == batch)).all()
        key = export_key(jobs[0].owner_id, batch, "lesson.mp4")
        storage.put(key, film, "video/mp4")
        done = {"status": JobStatus.SUCCEEDED, "finished_at": jobs[0].created_at}
        db.execute(update(Job).where(Job.batch_id == batch).values(done))
        file = {"name": "lesson.mp4", "content_type": "video/mp4", "sha256": "0" * 64}
        rows = [file | {"job_id": job.id, "bytes": FILM_BYTES, "storage_key": key} for job in jobs]
        db.execute(insert(Export), rows)


def _timed(http: httpx.Client, batch: str, path: str) -> tuple[float, int]:
    """Seconds and bytes; nothing of the answer is kept."""
    started = time.perf_counter()
    with http.stream("GET", f"/api/batches/{batch}{path}") as answer:
        answer.raise_for_status()
        read = sum(len(chunk) for chunk in answer.iter_bytes())
    return time.perf_counter() - started, read


def _watched(work: Any) -> tuple[int, Any]:
    """The most memory this process had meanwhile, and what came of the work."""
    peaks, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            peaks.append(psutil.Process().memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        made = work()
    finally:
        done.set()
        watcher.join()
    return max(peaks), made


if __name__ == "__main__":
    main()
