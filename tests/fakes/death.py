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
    """Comes after the ``at``-th effect; None lets the process live, and counts its ``effects``."""

    def __init__(self, at: int | None = None) -> None:
        self.effects, self.happened = 0, Event()
        self._at, self._lock = at, Lock()

    def check(self) -> None:
        if self.happened.is_set():
            raise ProcessDied

    def effect(self) -> None:
        with self._lock:
            self.effects += 1
            if self._at is not None and self.effects >= self._at:
                self.happened.set()
        self.check()


class DyingDatabase(Database):
    def __init__(self, living: Database, death: Death) -> None:
        self._living, self._death = living, death

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        self._death.check()
        with self._living.transaction() as session:
            yield session
        self._death.effect()

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
        self._death.check()
        super().put(key, data, content_type)
        self._death.effect()

    def put_new(self, key: str, data: bytes, content_type: str) -> bool:
        self._death.check()
        put = super().put_new(key, data, content_type)
        self._death.effect()
        return put

    def put_file(self, key: str, path: Path, content_type: str) -> None:
        self._death.check()
        super().put_file(key, path, content_type)
        self._death.effect()

    def get(self, key: str) -> bytes:
        self._death.check()
        return super().get(key)
