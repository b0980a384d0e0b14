"""The pictures and recordings of a lesson, fetched when they are needed."""

from collections.abc import Mapping
from uuid import UUID

from db.work import AssetFile
from pipeline.errors import AssetGone
from pipeline.storage import Storage
from pipeline.streams import in_worker


class JobAssets:
    """The files of the assets that a lesson names; ``what`` is their part in it, for errors."""

    def __init__(self, storage: Storage, files: Mapping[UUID, AssetFile]) -> None:
        self._storage = storage
        self._files = files
        self._kept: dict[UUID, bytes] = {}

    def sha256(self, asset_id: UUID | None, what: str) -> str | None:
        """The hash of the file; None without one. Raises AssetGone."""
        return None if asset_id is None else self._file(asset_id, what).sha256

    async def read(self, asset_id: UUID, what: str) -> bytes:
        """The file. Raises AssetGone, ArtefactMissing."""
        return await in_worker(self._storage.get, self._file(asset_id, what).storage_key)

    async def read_once(self, asset_id: UUID, what: str) -> bytes:
        """As ``read``, for what every scene needs: it is kept."""
        if asset_id not in self._kept:
            self._kept[asset_id] = await self.read(asset_id, what)
        return self._kept[asset_id]

    def _file(self, asset_id: UUID, what: str) -> AssetFile:
        if asset_id not in self._files:
            raise AssetGone(what)
        return self._files[asset_id]
