"""Forgets, now and then, what nobody needs any more."""

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from pipeline.errors import LecternError
from pipeline.workroom import clear_workrooms
from serve import audit_sweep, idempotency, rates, upload_sweep
from serve.deps import Studio

PAUSE_SECONDS = 10 * 60

log = structlog.get_logger("lectern.sweeping")


async def sweep_forever(studio: Studio) -> None:
    """Any number of replicas may sweep: each row is one's only."""
    while True:
        await asyncio.sleep(PAUSE_SECONDS)
        try:
            await asyncio.to_thread(sweep, studio)
        except (LecternError, SQLAlchemyError) as error:
            log.warning("not swept", reason=str(error))


def sweep(studio: Studio) -> None:
    """Uploads that were announced come last: they need the storage."""
    clear_workrooms()
    idempotency.sweep(studio.database)
    rates.sweep(studio.database)
    audit_sweep.sweep(studio)
    upload_sweep.sweep(studio)
