"""What counting a request costs, and what a key makes of creating a job.

``python bench/rates.py`` starts a Postgres of its own in a temporary folder.
"""

import asyncio
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from db import idempotency, rates
from db.idempotency import Answer, Place
from db.rates import Bucket
from db.schema import migrate
from db.session import Database
from serve.rates import Kind, Meter, Rates
from serve.services.postgres import Postgres

ROUNDS = 3000


@contextmanager
def database() -> Iterator[Database]:
    with tempfile.TemporaryDirectory(prefix="lectern-bench-") as name:
        folder = Path(name)
        server = Postgres(
            folder / "data", folder / "run", folder / "log", secrets.token_urlsafe(16), {}
        )
        try:
            server.start()
            migrate(server.url("lectern"))
            opened = Database(server.url("lectern"))
            yield opened
            opened.close()
        finally:
            server.stop()


def show(what: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    mean = sum(ordered) / len(ordered)
    p99 = ordered[int(0.99 * len(ordered))]
    print(f"{what:42} {mean * 1e6:8.0f} {median(ordered) * 1e6:8.0f} {p99 * 1e6:8.0f}")


async def charged(meter: Meter) -> list[float]:
    """One caller's requests, each timed."""
    found = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        await meter.charge("key 1", Kind.READ)
        found.append(time.perf_counter() - started)
    return found


def taken(opened: Database) -> list[float]:
    """The shared bucket asked each time."""
    found = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        with opened.transaction() as db:
            rates.take(db, "key 2", "read", Bucket(10**6, 60), 1)
        found.append(time.perf_counter() - started)
    return found


def keyed(opened: Database) -> list[float]:
    """A claim and its answer, as a request with an Idempotency-Key adds them."""
    found = []
    for number in range(ROUNDS // 10):
        place, started = Place("user 1", str(number)), time.perf_counter()
        with opened.transaction() as db:
            token = idempotency.claim(db, place, "digest", seconds=20, kept_seconds=3600)
        assert token is not None
        with opened.transaction() as db:
            idempotency.answer(db, place, token, Answer(202, {}, b"x" * 3000))
        found.append(time.perf_counter() - started)
    return found


def main() -> None:
    with database() as opened:
        print(f"{'microseconds':42} {'mean':>8} {'median':>8} {'p99':>8}")
        show("a request, at 3000 a minute", asyncio.run(charged(Meter(opened, Rates()))))
        show("the same, asking the bucket each time", taken(opened))
        show("a key claimed and answered (with fsync)", keyed(opened))


if __name__ == "__main__":
    main()
