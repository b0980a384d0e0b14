"""Where the pictures that stand for lessons can be seen."""

import time
from datetime import UTC, datetime
from functools import lru_cache

from db.models import Export, Job
from pipeline.storage import Storage
from serve.schemas import Address

POSTER = "poster.jpg"
ADDRESS_SECONDS = 15 * 60
PERIOD_SECONDS = 5 * 60
"""Within it, everybody is told the same address: a list that is read again shows what the browser
has already, and nothing is signed twice. It works for ten more minutes."""
ADDRESSES = 5_000


def poster(storage: Storage, job: Job) -> Address | None:
    """An address of the job's poster, asking nobody; None where it has none."""
    for export in job.exports:
        if export.name == POSTER:
            return _address(storage, export)
    return None


def _address(storage: Storage, export: Export) -> Address:
    period = int(time.time() // PERIOD_SECONDS)
    return _signed(storage, export.storage_key, export.sha256, period)


@lru_cache(ADDRESSES)
def _signed(storage: Storage, key: str, sha256: str, period: int) -> Address:  # noqa: ARG001
    """Another picture under the same key has another address: ``sha256`` is that of its content."""
    until = datetime.fromtimestamp(period * PERIOD_SECONDS + ADDRESS_SECONDS, UTC)
    return Address(address=storage.presign_get(key, ADDRESS_SECONDS), expires_at=until)
