"""The HTTP interface of a running studio beside the same application on bare uvicorn.

Requests a second and how long they take: signing in, listing, creating, in turn over both. Then one
job watched by many at once, twice: how soon an event reaches them, and what they cost in memory.
``python -m bench.api [--seconds 8] [--readers 8] [--streams 1000] [--proxy haproxy|python]``

HAProxy is in front as on a cluster (cluster.yaml); the studio of one machine has Ray's own proxy.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import aiohttp
import httpx
import psutil
import uvicorn
from rich.console import Console
from rich.table import Table
from sqlalchemy import delete

from db import events
from db.models import Job, JobStatus
from db.session import Database
from deployments.kdtalker.fake import FakeVideo
from deployments.llm.fake import FakeQuiz, FakeScript
from deployments.zyphra.fake import FakeSpeech
from pipeline.storage import Storage
from serve.deps import Studio
from serve.ingress import create_app
from serve.rates import Rates
from serve.security import Tokens, hash_password
from tests.factories import a_job, a_spec, a_user, an_asset
from tests.running import RunningStudio, wait_until

PASSWORD = "a quiet river at noon"
UNLIMITED = {
    **{f"LECTERN_RATE_{kind}": "0" for kind in ("READ", "WRITE", "CREATE", "ANONYMOUS")},
    "LECTERN_QUOTA_JOBS": "1000000",
}
USERS = 64
EVENTS = 20
PAUSE_SECONDS = 0.5
WATCHED_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Target:
    """A server of the application, and the processes that answer."""

    name: str
    url: str
    processes: list[psutil.Process]

    @property
    def mebibytes(self) -> float:
        return sum(each.memory_info().rss for each in self.processes) / 2**20


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose requests they are."""

    database: Database
    usernames: list[str]
    user_id: UUID
    portrait_id: UUID
    watched: UUID


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--proxy", choices=("haproxy", "python"), default="haproxy")
    parser.add_argument("--bare", nargs=2, metavar=("HOME", "PORT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.bare:
        return serve_bare(Path(given.bare[0]), int(given.bare[1]))
    os.environ["RAY_SERVE_ENABLE_HA_PROXY"] = "1" if given.proxy == "haproxy" else "0"
    with (
        TemporaryDirectory(prefix="lectern-bench-", dir="/tmp") as folder,
        both(Path(folder) / "home") as (targets, subject),
    ):
        speed = asyncio.run(requests(targets, subject, given.seconds, given.readers))
        streams = asyncio.run(watching(targets, subject, given.streams))
    console = Console()
    console.print(speed)
    console.print(streams)
    console.print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", highlight=False)
    return None


# --- the servers -----------------------------------------------------------------------------


@contextmanager
def both(home: Path) -> Iterator[tuple[list[Target], Subject]]:
    """The studio, and beside it a bare server over the same database and storage."""
    os.environ |= UNLIMITED
    studio = RunningStudio(home)
    studio.start()
    try:
        bare = subprocess.Popen(
            [sys.executable, "-m", "bench.api", "--bare", str(home), str(studio.port + 1)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            url = f"http://127.0.0.1:{studio.port + 1}"
            wait_until(lambda: _is_up(url), "a bare server")
            served = [*studio.replicas("Studio"), *studio.proxies]
            targets = [
                Target("studio", f"http://127.0.0.1:{studio.port}", served),
                Target("bare uvicorn", url, [psutil.Process(bare.pid)]),
            ]
            yield targets, a_subject(home)
        finally:
            bare.terminate()
            bare.wait(30)
    finally:
        studio.stop()


def serve_bare(home: Path, port: int) -> None:
    found = _addresses(home)
    storage = Storage(
        found["s3_endpoint_url"], found["s3_access_key"], found["s3_secret_key"], "lectern"
    )
    studio = Studio(
        database=Database(found["database_url"]),
        storage=storage,
        script=FakeScript(),
        quiz=FakeQuiz(),
        speech=FakeSpeech(),
        video=FakeVideo(),
        tokens=Tokens(found["jwt_secret"]),
        find_face=_no_face,
        version="bench",
        rates=Rates(0, 0, 0, 0),
    )
    uvicorn.run(create_app(studio), port=port, log_level="warning", access_log=False)


def _no_face(portrait: bytes, /) -> Any:  # noqa: ARG001
    raise AssertionError("the bench uploads no portraits")


def _addresses(home: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((home / "services.json").read_text())["addresses"]
    return found


def _is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/health/live", timeout=5).is_success
    except httpx.TransportError:
        return False


def a_subject(home: Path) -> Subject:
    """Somebody with a portrait, and a job that no worker touches: it is leased to nobody."""
    database = Database(_addresses(home)["database_url"])
    with database.transaction() as db:
        # several: attempts for one name that are under way count until they have succeeded
        hashed = hash_password(PASSWORD)
        names = [f"bench{number}" for number in range(USERS)]
        user, *_ = [a_user(db, username=name, password_hash=hashed) for name in names]
        # its file is not there: a job that is made of it fails before it costs anything
        portrait = an_asset(db, user)
        until = datetime.now(UTC) + WATCHED_FOR
        leased = {"leased_by": "the bench", "leased_until": until}
        job = a_job(db, user, status=JobStatus.RUNNING, spec=a_spec(portrait.id), **leased)
        return Subject(database, names, user.id, portrait.id, job.id)


# --- requests --------------------------------------------------------------------------------

Ask = Callable[[aiohttp.ClientSession], Awaitable[int]]


async def requests(targets: list[Target], subject: Subject, seconds: float, readers: int) -> Table:
    table = Table(f"{readers} at once", "server", "a second", "p50, ms", "p99, ms", box=None)
    for name, expected, ask in _asks(subject):
        for target in targets:
            async with _signed_in(target, subject) as http:
                times = await _hammered(lambda: ask(http), expected, seconds, readers)  # noqa: B023
            cuts = quantiles(times, n=100)
            rate = f"{len(times) / seconds:.0f}"
            table.add_row(name, target.name, rate, f"{cuts[49]:.0f}", f"{cuts[98]:.0f}")
        _delete_all(subject)
    return table


def _asks(subject: Subject) -> list[tuple[str, int, Ask]]:
    spec, names = a_spec(subject.portrait_id), cycle(subject.usernames)

    async def sign_in(http: aiohttp.ClientSession) -> int:
        login = {"login": next(names), "password": PASSWORD}
        async with http.post("/api/auth/login", json=login) as answer:
            return answer.status

    async def list_jobs(http: aiohttp.ClientSession) -> int:
        async with http.get("/api/jobs?limit=20") as answer:
            await answer.read()
            return answer.status

    async def create(http: aiohttp.ClientSession) -> int:
        async with http.post("/api/jobs", json=spec) as answer:
            await answer.read()
            return answer.status

    return [("login", 200, sign_in), ("create", 202, create), ("list", 200, list_jobs)]


async def _hammered(
    ask: Callable[[], Awaitable[int]], expected: int, seconds: float, readers: int
) -> list[float]:
    """Milliseconds of each request, by so many who ask again as soon as they are answered."""
    times: list[float] = []
    until = time.monotonic() + seconds

    async def read() -> None:
        while time.monotonic() < until:
            started = time.monotonic()
            status = await ask()
            assert status == expected, status
            times.append((time.monotonic() - started) * 1000)

    await asyncio.gather(*(read() for _ in range(readers)))
    return times


def _signed_in(target: Target, subject: Subject) -> aiohttp.ClientSession:
    login = {"login": subject.usernames[0], "password": PASSWORD}
    answer = httpx.post(f"{target.url}/api/auth/login", json=login, timeout=60)
    token = answer.raise_for_status().json()["access_token"]
    return aiohttp.ClientSession(
        target.url,
        headers={"Authorization": f"Bearer {token}"},
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=None, sock_read=300),
    )


def _delete_all(subject: Subject) -> None:
    """What was created is not to be worked at."""
    with subject.database.transaction() as db:
        db.execute(
            delete(Job).where(Job.owner_id == subject.user_id, Job.status == JobStatus.QUEUED)
        )


# --- streams ---------------------------------------------------------------------------------


async def watching(targets: list[Target], subject: Subject, streams: int) -> Table:
    columns = ("p50, ms", "p95, ms", "MiB before", "with all", "after events", "all gone")
    table = Table(f"{streams} watch one job", *columns, box=None)
    for target in targets:
        for again in ("", ", again"):
            before = target.mebibytes
            async with _signed_in(target, subject) as http:
                delays, opened = await _watched(http, target, subject, streams)
                after = target.mebibytes
            await asyncio.sleep(2)
            cuts = quantiles(delays, n=20)
            memory = (f"{each:.0f}" for each in (before, opened, after, target.mebibytes))
            table.add_row(target.name + again, f"{cuts[9]:.0f}", f"{cuts[18]:.0f}", *memory)
    return table


async def _watched(
    http: aiohttp.ClientSession, target: Target, subject: Subject, streams: int
) -> tuple[list[float], float]:
    """Milliseconds from commit to each reader, and the memory with all of them connected."""
    first = subject_last_event(subject)
    sent: dict[int, float] = {}
    delays: list[float] = []
    path = f"/api/jobs/{subject.watched}/events?after={first}"
    answers = [await http.get(path) for _ in range(streams)]
    opened = target.mebibytes

    async def read(answer: aiohttp.ClientResponse) -> None:
        seen = 0
        async for line in answer.content:
            if line.startswith(b"id: "):
                delays.append((time.monotonic() - sent[int(line[4:])]) * 1000)
                seen += 1
            if seen == EVENTS:
                return

    readers = asyncio.gather(*map(read, answers))
    for number in range(first + 1, first + EVENTS + 1):
        sent[number] = time.monotonic()
        await asyncio.to_thread(_tell, subject)
        await asyncio.sleep(PAUSE_SECONDS)
    await readers
    for answer in answers:
        answer.close()
    return delays, opened


def subject_last_event(subject: Subject) -> int:
    with subject.database.transaction() as db:
        job = db.get(Job, subject.watched)
        assert job is not None
        return job.last_event


def _tell(subject: Subject) -> None:
    with subject.database.transaction() as db:
        events.append(db, subject.watched, "step.progress", step="video", progress=0.5)


if __name__ == "__main__":
    main()
