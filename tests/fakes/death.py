"""A process that dies between two of its effects on the world: what it did stays, no more comes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from db.session import Database, Listener
from pipeline.storage import Storage


class ProcessDied(BaseException):
    """Not an Exception: nothing in the product may catch it."""


class Death:
    """Comes after the ``at``-th effect; None lets the process live, and counts its ``effects``.

    ``under_way``: effects that other threads had begun when it came; they still reach the world.
    """

    def __init__(self, at: int | None = None) -> None:
        self.effects, self.under_way, self.happened = 0, 0, Event()
        self._at, self._lock = at, Lock()

    def check(self) -> None:
        if self.happened.is_set():
            raise ProcessDied

    @contextmanager
    def effect(self) -> Iterator[None]:
        with self._lock:
            self.check()
            self.under_way += 1
        try:
            yield
            with self._lock:
                self._count()
        finally:
            with self._lock:
                self.under_way -= 1
        self.check()

    def _count(self) -> None:
        self.effects += 1
        if self._at is not None and self.effects >= self._at:
            self.happened.set()


class DyingDatabase(Database):
    def __init__(self, living: Database, death: Death) -> None:
        self._living, self._death = living, death

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        with self._death.effect(), self._living.transaction() as session:
            yield session

    def listen(self, channels: Any) -> Listener:
        return self._living.listen(channels)


class AwayDatabase(Database):
    """A database that does not answer while ``away`` is set; ``refused`` counts who asked."""

    def __init__(self, living: Database) -> None:
        self._living = living
        self.away, self.refused = Event(), 0

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        if self.away.is_set():
            self.refused += 1
            raise OperationalError("connect", None, ConnectionError("connection refused"))
        with self._living.transaction() as session:
            yield session

    def listen(self, channels: Any) -> Listener:
        return self._living.listen(channels)


class DyingStorage(Storage):
    def __init__(self, living: Storage, death: Death) -> None:
        self.__dict__ |= vars(living)
        self._death = death

    def put(self, key: str, data: bytes, content_type: str) -> None:
        with self._death.effect():
            super().put(key, data, content_type)

    def put_new(self, key: str, data: bytes, content_type: str) -> bool:
        with self._death.effect():
            return super().put_new(key, data, content_type)

    def put_file(self, key: str, path: Path, content_type: str) -> None:
        with self._death.effect():
            super().put_file(key, path, content_type)

    def get(self, key: str) -> bytes:
        self._death.check()
        return super().get(key)
