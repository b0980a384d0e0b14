"""The pictures and recordings of a lesson, fetched when they are needed, and used with consent."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TypeVar
from uuid import UUID

from db.work import AssetFile
from pipeline.artefacts import Artefacts
from pipeline.engines import EngineCard
from pipeline.errors import ArtefactMissing, AssetGone, ConsentMissing, ConsentUnverified
from pipeline.lesson import StepName
from pipeline.provenance.origin import Ingredient
from pipeline.record import JobRecord
from pipeline.storage import Storage, learnt_key
from pipeline.streams import in_worker

OF_A_SCENE = "portrait, voice or slide"
LEARNT_TYPE = "application/octet-stream"
T = TypeVar("T")
Learn = Callable[[], Awaitable[bytes | None]]


class JobAssets:
    """The files of the assets that a lesson names; ``what`` is their part in it, for errors.

    ``proved_voices``: a voice is used only when its consent is verified.
    """

    def __init__(
        self,
        storage: Storage,
        record: JobRecord,
        artefacts: Artefacts,
        files: Mapping[UUID, AssetFile],
        *,
        proved_voices: bool = False,
    ) -> None:
        self._storage, self._record, self._artefacts = storage, record, artefacts
        self._files, self._proved_voices = dict(files), proved_voices
        self._kept: dict[UUID, bytes] = {}
        self._learnt: dict[str, bytes | None] = {}
        self._learning = asyncio.Lock()

    def sha256(self, asset_id: UUID | None, what: str) -> str | None:
        """The hash of the file; None without one. Raises AssetGone."""
        return None if asset_id is None else self._file(asset_id, what).sha256

    def ingredient(self, asset_id: UUID, what: str) -> Ingredient:
        """What content credentials say of it. Raises AssetGone."""
        file = self._file(asset_id, what)
        return Ingredient(what, file.sha256, str(file.consent_id) if file.consent_id else None)

    async def read(self, asset_id: UUID, what: str) -> bytes:
        """The file. Raises AssetGone, ArtefactMissing."""
        return await in_worker(self._storage.get, self._file(asset_id, what).storage_key)

    async def read_once(self, asset_id: UUID, what: str) -> bytes:
        """As ``read``, for what every scene needs: it is kept."""
        if asset_id not in self._kept:
            self._kept[asset_id] = await self.read(asset_id, what)
        return self._kept[asset_id]

    async def check(self, parts: Mapping[str, UUID | None]) -> None:
        """Whether all of these are there at this moment, and may be used.

        Asked before every scene, and before they are put together: consent may end, and be
        another, while a lesson is being made. Raises AssetGone, ConsentMissing, ConsentUnverified.
        """
        now = await self._record.asset_files(set(filter(None, parts.values())))
        for what, asset_id in parts.items():
            if asset_id is None:
                continue
            if asset_id not in now:
                raise AssetGone(what)
            if not now[asset_id].consented:
                raise ConsentMissing(what)
            if self._proved_voices and not now[asset_id].proved:
                raise ConsentUnverified(what)
        self._files |= now

    async def derive(self, step: StepName, digest: str, ids: Iterable[UUID | None]) -> None:
        """Notes that an artefact is made with these assets: it is deleted with any of them.

        Said before it is made, so that no deletion misses it. Raises AssetGone.
        """
        prefix = self._artefacts.prefix(step, digest)
        if not await self._record.derive(set(filter(None, ids)), prefix):
            await in_worker(self._storage.delete_prefix, prefix)
            raise AssetGone(OF_A_SCENE)

    def kept(
        self, step: StepName, digest: str, ids: Iterable[UUID | None], store: Callable[[], T]
    ) -> T:
        """Stores the artefact, then says ``derive`` again: an asset that went in between takes it
        along. Blocks: so it holds also where the work is broken off and its thread goes on."""
        prefix = self._artefacts.prefix(step, digest)
        try:
            return store()
        finally:
            if not self._record.derive_again(set(filter(None, ids)), prefix):
                self._storage.delete_prefix(prefix)
                raise AssetGone(OF_A_SCENE)

    async def learnt(self, asset_id: UUID, card: EngineCard, learn: Learn) -> bytes | None:
        """What an engine knows of a recording: kept beside it, or found out now.

        Scenes that ask at once wait for the first. Raises AssetGone.
        """
        key = learnt_key(self._record.lease.owner_id, asset_id, card.name, card.version)
        async with self._learning:
            if key not in self._learnt:
                self._learnt[key] = await self._kept_or_found(key, asset_id, learn)
        return self._learnt[key]

    async def _kept_or_found(self, key: str, asset_id: UUID, learn: Learn) -> bytes | None:
        try:
            return await in_worker(self._storage.get, key)
        except ArtefactMissing:
            found = await learn()
        if found is not None:
            await in_worker(self._keep_learnt, key, asset_id, found)
        return found

    def _keep_learnt(self, key: str, asset_id: UUID, found: bytes) -> None:
        """As ``kept``: nothing that was learnt of a voice outlives it."""
        try:
            self._storage.put(key, found, LEARNT_TYPE)
        finally:
            if not self._record.assets_stay({asset_id}):
                self._storage.delete([key])
                raise AssetGone("voice")

    def _file(self, asset_id: UUID, what: str) -> AssetFile:
        if asset_id not in self._files:
            raise AssetGone(what)
        return self._files[asset_id]
