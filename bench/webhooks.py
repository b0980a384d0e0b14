"""How soon webhooks are told, how many a second, and what a receiver that hangs costs the others.

``python -m bench.webhooks [EVENTS]``: 100 ends of jobs one after the other, 500 at once, and 100
one after the other while 200 for another webhook wait on a receiver that never answers. One sender,
a Postgres that keeps what it commits, and receivers on the loopback, all on one machine.
"""

import argparse
import asyncio
import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from db.schema import migrate
from db.session import Database
from serve.services.postgres import Postgres
from tests.fakes.receiver import Behaviour, answers, hangs, receiving
from tests.fakes.senders import Hooked, sending

ONE_BY_ONE, HANGING = 100, 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("events", nargs="?", type=int, default=500)
    events: int = parser.parse_args().events
    table = Table("what", "p50, ms", "p95, ms", "a second")
    with fresh_database() as database:
        table.add_row(f"{ONE_BY_ONE} one by one", *_shown(asyncio.run(one_by_one(database))), "")
        at_once = asyncio.run(all_at_once(database, events))
        table.add_row(f"{events} at once", "", "", f"{events / at_once:.0f}")
        beside = asyncio.run(one_by_one(database, hanging=HANGING))
        table.add_row(f"{ONE_BY_ONE} beside {HANGING} that hang", *_shown(beside), "")
    Console().print(table)
    Console().print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


@contextmanager
def fresh_database() -> Iterator[Database]:
    with tempfile.TemporaryDirectory(prefix="lectern-bench-") as folder:
        home = Path(folder)
        server = Postgres(home / "data", home / "run", home / "log", secrets.token_urlsafe(16))
        server.start()
        try:
            migrate(server.url("lectern"))
            database = Database(server.url("lectern"))
            yield database
            database.close()
        finally:
            server.stop()


async def one_by_one(database: Database, hanging: int = 0) -> list[float]:
    """Seconds from the commit of an event to its arrival."""
    arrived = Arrivals()
    stuck, hooked = Hooked(database), Hooked(database)
    async with receiving(hangs) as deaf, receiving(arrived.note) as receiver:
        stuck.webhook(deaf.url)
        hooked.webhook(receiver.url)
        for _ in range(hanging):
            await asyncio.to_thread(stuck.ended)
        async with sending(hooked.sender()):
            return [await _told(hooked, arrived) for _ in range(ONE_BY_ONE)]


async def all_at_once(database: Database, events: int) -> float:
    """Seconds until what waits in the outbox is settled."""
    hooked = Hooked(database)
    async with receiving(answers(204, b"")) as receiver:
        webhook_id, _ = hooked.webhook(receiver.url)
        for _ in range(events):
            hooked.ended()
        began = time.perf_counter()
        async with sending(hooked.sender(at_once_each=16)):
            while len(receiver.received) < events:
                await asyncio.sleep(0.01)
        assert len(hooked.deliveries(webhook_id)) == events
        return time.perf_counter() - began


class Arrivals:
    """When the last request came."""

    def __init__(self) -> None:
        self.came, self.at = asyncio.Event(), 0.0

    @property
    def note(self) -> Behaviour:
        async def behave(writer: asyncio.StreamWriter) -> None:
            self.at = time.perf_counter()
            self.came.set()
            await answers(204, b"")(writer)

        return behave


async def _told(hooked: Hooked, arrived: Arrivals) -> float:
    arrived.came.clear()
    await asyncio.to_thread(hooked.ended)
    committed = time.perf_counter()
    await arrived.came.wait()
    return arrived.at - committed


def _shown(seconds: list[float]) -> tuple[str, str]:
    p95 = statistics.quantiles(seconds, n=20)[-1]
    return f"{statistics.median(seconds) * 1000:.0f}", f"{p95 * 1000:.0f}"


if __name__ == "__main__":
    main()
