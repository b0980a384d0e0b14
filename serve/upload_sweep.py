"""Forgets uploads that were announced and never confirmed."""

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from db import assets
from pipeline.errors import LecternError
from pipeline.storage import asset_prefix, upload_key
from serve.deps import Studio

PAUSE_SECONDS = 10 * 60

log = structlog.get_logger("lectern.uploads")


async def sweep_forever(studio: Studio) -> None:
    """Any number of replicas may sweep: each row is one's only."""
    while True:
        await asyncio.sleep(PAUSE_SECONDS)
        try:
            await asyncio.to_thread(sweep, studio)
        except (LecternError, SQLAlchemyError) as error:
            log.warning("uploads not swept", reason=str(error))


def sweep(studio: Studio) -> int:
    """Deletes what has expired, files first; returns how many uploads it were."""
    with studio.database.transaction() as db:
        expired = assets.forgotten(db)
        for asset in expired:
            studio.storage.delete([upload_key(asset.id)])
            studio.storage.delete_prefix(asset_prefix(asset.owner_id, asset.id))
            assets.delete(db, asset)
        return len(expired)
