"""A lesson says what it is: made for real, and then asked where it comes from."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from db import jobs
from db.models import Asset, AssetKind, AuditEntry, Job, Role
from db.session import Database
from deployments.kdtalker.fake import FakeVideo
from deployments.llm.fake import FakeScript
from deployments.zyphra.builtin import Builtin
from pipeline.producer import Producer
from pipeline.provenance.signing import Marking, open_signer
from pipeline.storage import Storage, export_key
from serve.deps import Studio
from serve.services.certificates import Certificates, keep_certificates
from tests.api.conftest import Person
from tests.api.problems import assert_problem
from tests.factories import a_spec, an_asset
from tests.fakes.studio import AT_ONCE, QUICK, running, until
from tests.voices import SAID, sample

CHECK = "/api/provenance/check"


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return keep_certificates(tmp_path_factory.mktemp("home") / "provenance")


@pytest.fixture
def studio(studio: Studio, kept: Certificates) -> Studio:
    return replace(studio, anchors=kept.root.read_text(), studio_id="beef")


async def make(job_id: UUID, database: Database, storage: Storage, kept: Certificates) -> None:
    worker = Producer(
        database, storage, FakeScript(), Builtin(), FakeVideo(), name="worker",
        timing=QUICK, retries=AT_ONCE,
        marking=Marking("beef", open_signer(kept.chain, kept.key)),
    )  # fmt: skip

    def ended() -> bool:
        with database.transaction() as db:
            return db.get_one(Job, job_id).status in jobs.ENDED

    async with running(worker):
        await until(ended)


def test_a_lesson_carries_credentials_and_a_watermark(
    ada: Person,
    bob: Person,
    portrait: Asset,
    database: Database,
    storage: Storage,
    kept: Certificates,
) -> None:
    storage.put(portrait.storage_key, b"a portrait", "image/png")
    with database.transaction() as db:
        voice = an_asset(db, ada.user, kind=AssetKind.VOICE, sha256="1" * 64)
    storage.put(voice.storage_key, sample(1.0), "audio/flac")
    files = ["lesson.mp4", "speech.webm"]
    asked = {"scenes": [{"narration": SAID}], "exports": files, "voice_id": str(voice.id)}
    job = ada.post("/api/jobs", json=a_spec(portrait.id, **asked)).json()
    asyncio.run(make(UUID(job["id"]), database, storage, kept))
    film, sound = (storage.get(export_key(ada.user.id, UUID(job["id"]), name)) for name in files)

    (consent,) = ada.get(f"/api/assets/{portrait.id}/consent").json()
    said = ada.post(CHECK, files={"file": ("lesson.mp4", film)}).json()
    credentials = said["credentials"]
    assert said["synthetic"] is True
    assert (credentials["state"], credentials["problems"]) == ("trusted", [])
    # the built-in voice does not listen to the sample: it is none of its ingredients
    assert credentials["ingredients"] == [f"portrait sha256:{'0' * 64}"]
    assert credentials["making"]["lesson"] == job["id"]
    assert credentials["making"]["consents"] == {"portrait": consent["id"]}
    assert [e["name"] for e in credentials["making"]["engines"]] == ["builtin", "fake"]
    assert "AI-generated" in said["metadata"]["comment"]
    (mark,) = said["watermarks"]
    assert (mark["studio"], mark["ours"], mark["lessons"]) == ("beef", True, [job["id"]])

    # WebM holds no credentials: the sound says it by itself
    heard = bob.post(CHECK, files={"file": ("speech.webm", sound)}).json()
    assert heard["credentials"]["state"] == "none"
    assert heard["synthetic"] is True
    assert heard["watermarks"][0]["speech"] == mark["speech"]
    assert heard["watermarks"][0]["lessons"] == []


def test_what_nobody_marked_says_nothing(ada: Person) -> None:
    said = ada.post(CHECK, files={"file": ("voice.flac", sample(1.0))}).json()
    assert said["synthetic"] is False
    assert said["credentials"]["state"] == "none"
    assert said["watermarks"] == []
    assert said["listened_seconds"] > 5


def test_what_is_neither_sound_nor_signed_is_refused(ada: Person) -> None:
    answer = ada.post(CHECK, files={"file": ("notes.txt", b"Made by hand.")})
    assert_problem(answer, 422, "sound_unreadable")


def test_a_playlist_leads_nowhere(ada: Person, tmp_path: Path) -> None:
    secret = tmp_path / "secret.flac"
    secret.write_bytes(sample(1.0))
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{secret}\n#EXT-X-ENDLIST\n"
    answer = ada.post(CHECK, files={"file": ("list.m3u8", playlist.encode())})
    assert_problem(answer, 422, "sound_unreadable")


@pytest.mark.parametrize(
    "sent", [{"data": {"name": "x"}}, {"files": {"other": ("a.wav", b"-")}}, {"json": {}}]
)
def test_a_form_without_a_file_is_refused(ada: Person, sent: dict[str, object]) -> None:
    assert ada.post(CHECK, **sent).status_code in (415, 422)


def test_only_an_administrator_leaves_out_the_label(
    ada: Person, portrait: Asset, signed_in: Callable[..., Person], database: Database
) -> None:
    unlabelled = {"video": {"label": False}}
    refused = ada.post("/api/jobs", json=a_spec(portrait.id, **unlabelled))
    assert_problem(refused, 422, "request_invalid")
    assert [(e["field"], e["code"]) for e in refused.json()["errors"]] == [
        ("video.label", "label_required")
    ]
    batch = ada.post("/api/batches", json={"items": [a_spec(portrait.id, **unlabelled)]})
    assert batch.status_code == 422
    root = signed_in(username="root", email="root@example.org", role=Role.ADMIN)
    with database.transaction() as db:
        own = an_asset(db, root.user)
    job = root.post("/api/jobs", json=a_spec(own.id, **unlabelled))
    assert job.status_code == 202
    with database.transaction() as db:
        acts = db.query(AuditEntry).filter_by(action="job.unlabelled").all()
    assert [(act.actor_id, act.target) for act in acts] == [
        (root.user.id, f"job:{job.json()['id']}")
    ]
