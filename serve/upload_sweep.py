"""Forgets uploads that were announced and never confirmed."""

from db import assets
from pipeline.storage import asset_prefix, upload_key
from serve.deps import Studio


def sweep(studio: Studio) -> int:
    """Deletes what has expired, files first; returns how many uploads it were."""
    with studio.database.transaction() as db:
        expired = assets.forgotten(db)
        for asset in expired:
            studio.storage.delete([upload_key(asset.id)])
            studio.storage.delete_prefix(asset_prefix(asset.owner_id, asset.id))
            assets.delete(db, asset)
        return len(expired)
