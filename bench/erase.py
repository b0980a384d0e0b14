"""How long it takes to delete a voice with all that was made of it, and what that asks for.

``python -m bench.erase [LESSONS ...]``: 50 and 500 finished lessons of five scenes, each scene with
its speech, clip and poster, each lesson with three exports; as many others, spoken with another
voice, stay. What is measured is all that the route does, commit included. A Postgres that keeps
what it commits and SeaweedFS, all on one machine.
"""

import argparse
import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.table import Table
from sqlalchemy import event, func, insert, update

from bench.webhooks import fresh_database
from db import jobs
from db.models import Asset, AssetKind, Derivation, Export, Job, JobStatus, SceneRow, Step
from db.session import Database
from pipeline.engines import EngineCard
from pipeline.storage import Storage, artefact_key, asset_key, digest, export_key
from serve.asset_deletion import delete_asset
from serve.services.objects import USUAL_PORTS, ObjectStore, StorageKeys
from serve.services.ports import OWN_RANGE
from tests.factories import a_spec, a_user, an_asset

LESSONS = (50, 500)
SCENES = 5
EXPORTS = ("lesson.mp4", "captions.vtt", "scorm12.zip")
FILES = {
    "speech": ("speech-0.flac", "timings.json"),
    "video": ("clip-0.mp4", "poster-0.webp", "clip.json"),
}
SCRIPT = EngineCard("composer", "1", "embedded", "Composer")
CALLS = ("ListObjectsV2", "DeleteObjects")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lessons", nargs="*", type=int, default=LESSONS)
    table = Table("lessons", "objects", "seconds", "SQL statements", "listings", "deletions")
    with fresh_database() as database, object_store() as storage:
        for number in parser.parse_args().lessons:
            table.add_row(*(str(each) for each in deleted(database, storage, number)))
    Console().print(table)
    Console().print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


@contextmanager
def object_store() -> Iterator[Storage]:
    with TemporaryDirectory(prefix="lectern-bench-", dir="/tmp") as name:
        folder, keys = Path(name), StorageKeys("bench", "of this bench only", "and of no other")
        ports = dict.fromkeys(USUAL_PORTS, OWN_RANGE.start)
        store = ObjectStore(folder / "objects", folder / "objects.log", keys, "bench", ports)
        try:
            store.start()
            storage = store.storage("bench")
            storage.ensure_bucket()
            yield storage
        finally:
            store.stop()


def deleted(database: Database, storage: Storage, number: int) -> tuple[object, ...]:
    """A row of the table."""
    with database.transaction() as db:
        owner = a_user(db)
        portrait = an_asset(db, owner)
        voices = [an_asset(db, owner, kind=AssetKind.VOICE, sha256=each * 64) for each in "12"]
    for voice in voices:
        keys = made(database, portrait, voice, number)
        keep(storage, [asset_key(owner.id, voice.id), *keys])
    with counted(database, storage) as calls:
        began = time.perf_counter()
        with database.transaction() as db:
            voice = db.get_one(Asset, voices[0].id)
            told = delete_asset(db, storage, voice, force=False, lessons=None)
        took = time.perf_counter() - began
    assert len(told.lessons_deleted) == number
    return number, told.objects, f"{took:.1f}", calls["SQL"], *(calls[each] for each in CALLS)


def made(database: Database, portrait: Asset, voice: Asset, number: int) -> list[str]:
    """Finished lessons, spoken with the voice; the keys of all their files."""
    said = [{"narration": f"This is part {part}."} for part in range(SCENES)]
    spec = a_spec(portrait.id, voice_id=str(voice.id), scenes=said)
    with database.transaction() as db:
        ids = jobs.create_many(db, voice.owner_id, [jobs.NewJob(spec)] * number)
        done = {"status": JobStatus.SUCCEEDED, "finished_at": func.now()}
        db.execute(update(Job).where(Job.id.in_(ids)).values(done))
        db.execute(update(Step).where(Step.name == "script").values(engine=asdict(SCRIPT)))
        scenes = [_Scene(portrait, voice, job, index) for job in ids for index in range(SCENES)]
        db.execute(update(SceneRow), [scene.row for scene in scenes])
        db.execute(insert(Derivation), [row for scene in scenes for row in scene.derivations])
        exports = [_export(voice.owner_id, job, name) for job in ids for name in EXPORTS]
        db.execute(insert(Export), exports)
    artefacts = [key for scene in scenes for key in scene.keys]
    return [*artefacts, *(str(export["storage_key"]) for export in exports)]


@dataclass(frozen=True, slots=True)
class _Scene:
    """One that is filmed."""

    portrait: Asset
    voice: Asset
    job: UUID
    index: int

    def _key(self, step: str, file: str = "") -> str:
        return artefact_key(self.voice.owner_id, step, digest(step, self.job, self.index), file)

    @property
    def keys(self) -> list[str]:
        return [self._key(step, file) for step, files in FILES.items() for file in files]

    @property
    def row(self) -> dict[str, object]:
        speech, _, clip, poster, _ = self.keys
        keys = {"speech_key": speech, "clip_key": clip, "poster_key": poster}
        return {"job_id": self.job, "index": self.index, **keys}

    @property
    def derivations(self) -> list[dict[str, object]]:
        made_with = [("speech", self.voice), ("video", self.voice), ("video", self.portrait)]
        return [{"asset_id": asset.id, "prefix": self._key(step)} for step, asset in made_with]


def _export(owner: UUID, job: UUID, name: str) -> dict[str, object]:
    file = {"name": name, "content_type": "video/mp4", "sha256": "0" * 64, "bytes": 1}
    return file | {"job_id": job, "storage_key": export_key(owner, job, name)}


def keep(storage: Storage, keys: list[str]) -> None:
    with ThreadPoolExecutor(8) as several:
        list(several.map(lambda key: storage.put(key, b"0", "video/mp4"), keys))


@contextmanager
def counted(database: Database, storage: Storage) -> Iterator[Counter[str]]:
    """How many statements and calls of which kind there were."""
    calls: Counter[str] = Counter()

    def statement(*_: object) -> None:
        calls["SQL"] += 1

    def call(model: Any, **_: object) -> None:
        calls[model.name] += 1

    event.listen(database._engine, "before_cursor_execute", statement)
    storage._s3.meta.events.register("before-call.s3", call)
    try:
        yield calls
    finally:
        event.remove(database._engine, "before_cursor_execute", statement)
        storage._s3.meta.events.unregister("before-call.s3", call)


if __name__ == "__main__":
    main()
