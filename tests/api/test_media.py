"""What a job has made: the growing stream, and the finished files."""

import asyncio
import io
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import av
import httpx
import numpy as np
import pytest
from httpx_sse import EventSource
from PIL import Image

from db import jobs, steps
from db.models import Asset, Export, Job, JobStatus, StepStatus
from db.session import Database
from db.steps import FilmedScene
from deployments.kdtalker.fake import FakeVideo
from pipeline.artefacts import Artefacts, ClipFacts
from pipeline.engines import VideoRequest
from pipeline.lesson import SAMPLE_RATE, Speech, VideoSpec
from pipeline.media.hls import fragments
from pipeline.media.mux import mux_clip
from pipeline.media.poster import scene_poster
from pipeline.storage import Storage, export_key
from tests.api.conftest import Person
from tests.api.problems import assert_problem
from tests.factories import a_spec

SECONDS = 4.0


@pytest.fixture
def job_id(ada: Person, portrait: Asset) -> UUID:
    return UUID(ada.post("/api/jobs", json=a_spec(portrait.id)).json()["id"])


@pytest.fixture
def film_scene(
    ada: Person, database: Database, storage: Storage, job_id: UUID, tmp_path: Path
) -> Callable[[int], None]:
    """Does with a scene what the worker does."""

    def film(index: int) -> None:
        clip = clip_of(tmp_path, index)
        artefacts, key = Artefacts(storage, ada.user.id), f"digest{index}"
        facts = ClipFacts(seconds=SECONDS, frames=int(SECONDS * 25), fragments=fragments(clip))
        facts = artefacts.keep_clip(key, clip, facts, scene_poster(clip))
        names = artefacts.clip_key(key, facts), artefacts.poster_key(key, facts)
        filmed = FilmedScene(SECONDS, *names)
        with database.transaction() as db:
            steps.film_scene(db, db.get_one(Job, job_id), index, filmed, made=True)

    return film


def clip_of(folder: Path, index: int) -> Path:
    silent, clip = folder / f"silent{index}.mp4", folder / f"clip{index}.mp4"
    speech = Speech(np.zeros(int(SECONDS * SAMPLE_RATE), np.float32))
    ask = VideoRequest(b"", speech, VideoSpec())

    async def draw() -> None:
        with silent.open("wb") as file:
            async for piece in FakeVideo().animate(ask):
                file.write(piece.bytes_)

    asyncio.run(draw())
    mux_clip(silent, speech.samples, clip)
    return clip


def segments(playlist: str) -> list[str]:
    return [line for line in playlist.splitlines() if line.startswith("http")]


def test_the_stream_grows_by_scenes_in_their_order(
    ada: Person,
    database: Database,
    job_id: UUID,
    film_scene: Callable[[int], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # whole hours: one of them may begin meanwhile
    monkeypatch.setattr("serve.streams.WINDOW_SECONDS", 10**12)
    place = f"/api/jobs/{job_id}/stream.m3u8"
    empty = ada.get(place)
    assert empty.headers["content-type"].startswith("application/vnd.apple.mpegurl")
    assert empty.headers["cache-control"] == "no-cache"
    assert segments(empty.text) == []
    assert "#EXT-X-ENDLIST" not in empty.text

    film_scene(1)
    assert segments(ada.get(place).text) == [], "the first scene is missing"
    film_scene(0)
    both = ada.get(place).text
    assert len(set(segments(both))) == 2
    assert both.count("#EXT-X-DISCONTINUITY\n") == 1
    assert "#EXT-X-ENDLIST" not in both
    assert segments(ada.get(place).text) == segments(both), "addresses stay"

    with database.transaction() as db:
        db.get_one(Job, job_id).steps[0].status = StepStatus.SUCCEEDED
    assert ada.get(place).text.endswith("#EXT-X-ENDLIST\n"), "no scene is to come"


def test_the_stream_plays(
    ada: Person, database: Database, job_id: UUID, film_scene: Callable[[int], None], tmp_path: Path
) -> None:
    # one scene: FFmpeg's own reader drops what comes after a clock that starts again
    film_scene(0)
    ada.post(f"/api/jobs/{job_id}/cancel")
    playlist = tmp_path / "stream.m3u8"
    playlist.write_text(ada.get(f"/api/jobs/{job_id}/stream.m3u8").text)
    options = {"protocol_whitelist": "file,http,tcp", "allowed_extensions": "ALL"}
    with av.open(str(playlist), format="hls", options=options) as stream:
        frames = sum(1 for _ in stream.decode(video=0))
    assert frames == SECONDS * 25


def test_a_failed_job_ends_its_stream_where_it_is(
    ada: Person, database: Database, job_id: UUID, film_scene: Callable[[int], None]
) -> None:
    film_scene(0)
    with database.transaction() as db:
        job = jobs.lock(db, job_id)
        assert job is not None
        jobs.end(db, job, JobStatus.FAILED, code="x", detail="x", advice="x")
    text = ada.get(f"/api/jobs/{job_id}/stream.m3u8").text
    assert len(set(segments(text))) == 1
    assert text.endswith("#EXT-X-ENDLIST\n")


def test_a_filmed_scene_has_a_poster_and_its_event_tells_where(
    ada: Person, server: str, job_id: UUID, film_scene: Callable[[int], None]
) -> None:
    film_scene(0)
    filmed, written = ada.get(f"/api/jobs/{job_id}").json()["scenes"]
    assert written["poster"] is None
    poster = picture(filmed["poster"]["address"])
    assert Image.open(io.BytesIO(poster)).size == (480, 480)
    for history in (f"/api/jobs/{job_id}/events", "/api/events?after=0"):
        with httpx.stream("GET", server + history, headers=ada.headers, timeout=60) as answer:
            told = EventSource(answer).iter_sse()
            event = next(each for each in told if each.event == "scene.filmed").json()
        seen = event["data"].pop("poster")
        assert picture(seen["address"]) == poster
        assert seen["expires_at"].endswith("Z")
        assert event["data"] == {"scene": 0, "seconds": SECONDS, "made": True}


def picture(address: str) -> bytes:
    fetched = httpx.get(address, timeout=60)
    assert fetched.headers["content-type"] == "image/webp"
    return fetched.content


def test_exports_are_listed_and_fetched_under_their_names(
    ada: Person, database: Database, storage: Storage, job_id: UUID
) -> None:
    place = f"/api/jobs/{job_id}/exports"
    assert ada.get(place).json() == []
    key = export_key(ada.user.id, job_id, "lesson.mp4")
    storage.put(key, b"film", "video/mp4")
    with database.transaction() as db:
        db.add(
            Export(
                job_id=job_id,
                name="lesson.mp4",
                content_type="video/mp4",
                bytes=4,
                sha256="f" * 64,
                storage_key=key,
            )
        )
    [listed] = ada.get(place).json()
    assert listed | {"address": "", "expires_at": "", "created_at": ""} == {
        "name": "lesson.mp4",
        "content_type": "video/mp4",
        "bytes": 4,
        "sha256": "f" * 64,
        "address": "",
        "expires_at": "",
        "created_at": "",
    }
    one = ada.get(f"{place}/lesson.mp4").json()
    fetched = httpx.get(one["address"], timeout=60)
    assert fetched.content == b"film"
    assert fetched.headers["content-type"] == "video/mp4"
    assert "lesson.mp4" in fetched.headers["content-disposition"]
    assert one["expires_at"].endswith("Z")
    assert ada.get(f"/api/jobs/{job_id}").json()["exports"] == ["lesson.mp4"]


@pytest.mark.parametrize("name", ["scorm12.zip", "..%2fsecrets", "%00"])
def test_an_export_that_is_not_there_is_a_problem(ada: Person, job_id: UUID, name: str) -> None:
    answer = ada.get(f"/api/jobs/{job_id}/exports/{name}")
    assert answer.status_code == 404
    assert answer.json()["code"] in ("export_not_found", "route_not_found")
    if name == "scorm12.zip":
        assert_problem(
            answer, 404, "export_not_found", "The job has no export “scorm12.zip”, or not yet."
        )
