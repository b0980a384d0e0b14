"""Where the pictures that stand for lessons and for uploads can be seen."""

import time
from datetime import UTC, datetime
from functools import lru_cache

from db.models import Job
from pipeline.storage import Storage
from serve.schemas import Address

POSTER = "poster.jpg"
ADDRESS_SECONDS = 15 * 60
PERIOD_SECONDS = 5 * 60
"""Within it, everybody is told the same address: a list that is read again shows what the browser
has already, and nothing is signed twice. It works for ten more minutes."""
ADDRESSES = 5_000
ALWAYS_THE_SAME = ""
"""The content of an artefact: its key says what it is."""


def poster(storage: Storage, job: Job) -> Address | None:
    """An address of the job's poster, asking nobody; None where it has none."""
    for export in job.exports:
        if export.name == POSTER:
            return steady_address(storage, export.storage_key, export.sha256)
    return None


def scene_poster(storage: Storage, key: str | None) -> Address | None:
    """An address of a scene's poster, by the key that its row keeps; None where it has none."""
    return None if key is None else steady_address(storage, key, ALWAYS_THE_SAME)


def steady_address(storage: Storage, key: str, sha256: str) -> Address:
    """Where a small picture can be seen; ``sha256`` is that of what it was made of."""
    return _signed(storage, key, sha256, int(time.time() // PERIOD_SECONDS))


@lru_cache(ADDRESSES)
def _signed(storage: Storage, key: str, sha256: str, period: int) -> Address:  # noqa: ARG001
    """Another picture under the same key has another address: ``sha256`` is that of its content."""
    until = datetime.fromtimestamp(period * PERIOD_SECONDS + ADDRESS_SECONDS, UTC)
    return Address(address=storage.presign_get(key, ADDRESS_SECONDS), expires_at=until)
