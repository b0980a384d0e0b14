"""Two workers may make one artefact at once, with different results: it is one of them, whole."""

import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from db import derivations, jobs
from db.models import Asset, JobStatus
from pipeline.artefacts import Artefacts, ClipFacts, clip_facts
from pipeline.lesson import SAMPLES_PER_FRAME, Speech
from pipeline.media.hls import Fragments, HlsPiece
from pipeline.storage import Storage, artefact_prefix
from tests.fakes.studio import Studio, running, until


class Overtaken(Storage):
    """Lets somebody else act between an artefact's files and what makes them whole."""

    def __init__(self, storage: Storage, meanwhile: Any) -> None:
        self.__dict__ |= vars(storage)
        self._meanwhile = meanwhile

    def put_new(self, key: str, data: bytes, content_type: str) -> bool:
        self._meanwhile()
        return super().put_new(key, data, content_type)


def spoken(pictures: int) -> Speech:
    return Speech(np.full(pictures * SAMPLES_PER_FRAME, 0.25, np.float32))


def filmed(folder: Path, length: int) -> tuple[Path, ClipFacts]:
    clip = folder / f"{length}.mp4"
    clip.write_bytes(bytes(length))
    return clip, ClipFacts(2.0, 50, Fragments(8, (HlsPiece(8, length - 8, 2.0),)))


def test_the_first_of_two_voices_is_the_scenes(storage: Storage) -> None:
    owner = uuid4()
    swift = Artefacts(storage, owner)
    late = Artefacts(Overtaken(storage, lambda: swift.keep_speech("d", spoken(30))), owner)
    kept = late.keep_speech("d", spoken(40))
    assert kept == swift.speech("d")
    assert kept.frames == 30
    assert len(late.sound("d", kept).samples) == 30 * SAMPLES_PER_FRAME
    assert len(list(storage.list(artefact_prefix(owner, "speech", "d")))) == 2, "no other is left"
    assert swift.keep_speech("d", spoken(30)) == kept, "the same again changes nothing"
    assert storage.exists(swift.speech_key("d", kept))


def test_the_first_of_two_films_is_the_scenes(storage: Storage, tmp_path: Path) -> None:
    owner = uuid4()
    swift = Artefacts(storage, owner)
    meanwhile = Overtaken(storage, lambda: swift.keep_clip("d", *filmed(tmp_path, 100), b"first"))
    late = Artefacts(meanwhile, owner)
    kept = late.keep_clip("d", *filmed(tmp_path, 200), b"second")
    assert kept == swift.clip("d")
    late.download_clip("d", kept, tmp_path / "clip")
    assert (tmp_path / "clip").stat().st_size == 100
    key = late.clip_key("d", kept)
    assert clip_facts(storage, key).fragments.pieces == (HlsPiece(8, 92, 2.0),)
    assert storage.get(late.poster_key("d", kept)) == b"first"
    assert len(list(storage.list(artefact_prefix(owner, "video", "d")))) == 3


def test_what_an_older_studio_kept_is_found(storage: Storage) -> None:
    owner = uuid4()
    artefacts = Artefacts(storage, owner)
    facts = artefacts.keep_speech("d", spoken(30))
    folder = artefact_prefix(owner, "speech", "d")
    storage.put(f"{folder}speech.flac", storage.get(artefacts.speech_key("d", facts)), "audio/flac")
    marker = storage.get(f"{folder}timings.json").replace(facts.content.encode(), b"")
    storage.put(f"{folder}timings.json", marker, "application/json")
    old = artefacts.speech("d")
    assert old is not None
    assert artefacts.speech_key("d", old) == f"{folder}speech.flac"
    assert artefacts.sound("d", old).frames == 30


class Held(Storage):
    """Holds back the last object of a film; a thread in it cannot be stopped."""

    def __init__(self, storage: Storage) -> None:
        self.__dict__ |= vars(storage)
        self.reached, self.released, self.finished = (threading.Event() for _ in range(3))

    def put_new(self, key: str, data: bytes, content_type: str) -> bool:
        if not key.endswith("clip.json"):
            return super().put_new(key, data, content_type)
        self.reached.set()
        assert self.released.wait(300)
        put = super().put_new(key, data, content_type)
        self.finished.set()
        return put


@pytest.mark.anyio
async def test_a_film_that_is_stored_while_all_is_deleted_does_not_stay(studio: Studio) -> None:
    """The worker is told to stop, and its thread goes on."""
    held = Held(studio.storage)
    job_id = studio.job(("One.",))
    async with running(studio.producer(storage=held)):
        await until(held.reached.is_set)
        with studio.database.transaction() as session:
            jobs.cancel(session, job_id)
            portrait = session.get_one(Asset, studio.portrait_id)
            gone = derivations.forget(session, portrait)
            session.delete(portrait)
        for prefix in gone:
            studio.storage.delete_prefix(prefix)
        (job,) = await studio.ended(job_id)
        held.released.set()
        (film,) = [prefix for prefix in gone if "/video/" in prefix]
        await until(lambda: held.finished.is_set() and not list(held.list(film)))
    assert job.status is JobStatus.CANCELLED
