"""Folders for work in progress. What a killed process leaves in them does not fill the disk."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, gettempdir
from time import time

PREFIX = "lectern-work-"
YOUNG_SECONDS = 60.0
"""A folder is not looked at before: it may be there and not be locked yet."""


@contextmanager
def workroom() -> Iterator[Path]:
    """An empty folder, deleted in the end. Its lock goes with the process, however that dies."""
    with TemporaryDirectory(prefix=PREFIX) as name:
        lock = os.open(name, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield Path(name)
        finally:
            os.close(lock)


def clear_workrooms() -> int:
    """Deletes the folders whose processes are gone; returns how many there were. Blocks."""
    left = [room for room in Path(gettempdir()).glob(f"{PREFIX}*") if _is_left(room)]
    for room in left:
        rmtree(room, ignore_errors=True)
    return len(left)


def _is_left(room: Path) -> bool:
    try:
        lock = os.open(room, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:  # it went, or belongs to another user
        return False
    try:
        if time() - os.fstat(lock).st_mtime < YOUNG_SECONDS:
            return False
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True
