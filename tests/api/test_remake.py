"""Lessons made again, and lessons only heard: what is made, what is not, and what is told of it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import av
import httpx
import pytest

from db import jobs
from db.models import Asset, AssetKind, Job, JobStatus
from db.session import Database
from deployments.zyphra.fake import FakeSpeech
from pipeline.engines import EngineCard, SpeechRequest
from pipeline.errors import EngineUnavailable
from pipeline.producer import Producer
from pipeline.storage import Storage, user_prefix
from tests.api.conftest import Person
from tests.api.problems import assert_problem, fields
from tests.factories import a_spec, an_asset
from tests.fakes.engines import CountedScript, CountedSpeech, CountedVideo
from tests.fakes.studio import AT_ONCE, QUICK, running, until

MERGE_PATCH = {"Content-Type": "application/merge-patch+json"}


@dataclass
class Workshop:
    """Ada, her portrait, and a worker over counted engines."""

    ada: Person
    database: Database
    storage: Storage
    portrait: UUID
    speech: CountedSpeech = field(default_factory=CountedSpeech)
    video: CountedVideo = field(default_factory=CountedVideo)

    def spec(self, *narrations: str, **given: Any) -> dict[str, Any]:
        scenes = [{"narration": narration} for narration in narrations]
        standard = {"scenes": scenes, "exports": ["lesson.mp4"]}
        return a_spec(self.portrait, **(standard | given))

    def submit(self, *narrations: str, **given: Any) -> str:
        answer = self.ada.post("/api/jobs", json=self.spec(*narrations, **given))
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def finish(self, job_id: str) -> dict[str, Any]:
        """Works until the job has ended, and reads it."""
        asyncio.run(self._work(UUID(job_id)))
        job: dict[str, Any] = self.ada.get(f"/api/jobs/{job_id}").json()
        assert job["status"] == "succeeded", job["error"]
        return job

    def make(self, *narrations: str, **given: Any) -> dict[str, Any]:
        return self.finish(self.submit(*narrations, **given))

    def remake(self, job: dict[str, Any], change: Any, **given: Any) -> httpx.Response:
        return self.ada.post(f"/api/jobs/{job['id']}/remake", json=change, **given)

    def artefacts(self, step: str) -> int:
        prefix = f"{user_prefix(self.ada.user.id)}artefacts/{step}/"
        return len({found.key.split("/")[-2] for found in self.storage.list(prefix)})

    async def _work(self, job_id: UUID) -> None:
        worker = Producer(
            self.database, self.storage, CountedScript(), self.speech, self.video,
            name="worker", timing=QUICK, retries=AT_ONCE,
        )  # fmt: skip

        def ended() -> bool:
            with self.database.transaction() as db:
                return db.get_one(Job, job_id).status in jobs.ENDED

        async with running(worker):
            await until(ended)


@pytest.fixture
def workshop(ada: Person, portrait: Asset, database: Database, storage: Storage) -> Workshop:
    storage.put(portrait.storage_key, b"a portrait", "image/png")
    return Workshop(ada, database, storage, portrait.id)


def made(answer: httpx.Response) -> list[tuple[bool, bool]]:
    """What the plan of an answer says is to be made of each scene: speech, picture."""
    plan = answer.json().get("plan") or answer.json()
    return [(scene["speech"], scene["video"]) for scene in plan["scenes"]]


def test_a_whole_spec_replaces_the_old_one(workshop: Workshop) -> None:
    first = workshop.make("One.", "Two.", "Three.")
    answer = workshop.remake(first, workshop.spec("One.", "Other.", "Three.", title="Better"))
    assert answer.status_code == 202, answer.text
    second = answer.json()
    assert answer.headers["location"] == f"/api/jobs/{second['id']}"
    assert (second["remade_from"], second["title"]) == (first["id"], "Better")
    assert second["plan"]["script"] is False
    assert made(answer) == [(False, False), (True, True), (False, False)]
    workshop.speech.begun.clear()
    workshop.finish(second["id"])
    assert workshop.speech.begun == ["Other."]


def test_a_merge_patch_changes_only_what_it_names(workshop: Workshop) -> None:
    first = workshop.make("One.", "Two.", speech={"seed": 7, "speaking_rate": 13})
    patch = {"video": {"background": "#000000"}, "speech": {"speaking_rate": None}}
    looked = workshop.remake(first, patch, headers=MERGE_PATCH, params={"dry_run": True})
    assert looked.status_code == 200, looked.text
    assert made(looked) == [(True, True), (True, True)]
    answer = workshop.remake(first, {"video": {"background": "#000000"}}, headers=MERGE_PATCH)
    spec = answer.json()["spec"]
    assert (spec["speech"]["seed"], spec["speech"]["speaking_rate"]) == (7, 13)
    assert (spec["video"]["background"], spec["title"]) == ("#000000", first["title"])
    assert made(answer) == [(False, True), (False, True)]
    workshop.speech.begun.clear()
    workshop.video.begun.clear()
    workshop.finish(answer.json()["id"])
    assert (len(workshop.speech.begun), len(workshop.video.begun)) == (0, 2)


def test_a_changed_quiz_makes_no_speech_and_no_film(workshop: Workshop) -> None:
    first = workshop.make("One.", "Two.")
    question = {"text": "What?", "choices": [{"text": "One", "right": True}, {"text": "Six"}]}
    patch = {"quiz": {"questions": [question | {"scene": 0}]}}
    answer = workshop.remake(first, patch, headers=MERGE_PATCH)
    assert made(answer) == [(False, False), (False, False)]
    workshop.speech.begun.clear()
    workshop.video.begun.clear()
    workshop.finish(answer.json()["id"])
    assert (workshop.speech.begun, workshop.video.begun) == ([], [])


def test_looking_at_what_would_be_made_makes_nothing(workshop: Workshop) -> None:
    first = workshop.make("One.")
    for change in (workshop.spec("One.", "Two."), workshop.spec("One.", title="Better")):
        looked = workshop.remake(first, change, params={"dry_run": True})
        assert looked.status_code == 200
        assert looked.json()["scenes"][0] == {
            "index": 0, "title": None, "speech": False, "video": False,
        }  # fmt: skip
    assert workshop.ada.get("/api/jobs").json()["total"] == 1


def test_what_was_written_for_the_same_prompt_is_known(workshop: Workshop) -> None:
    prompt = {"scenes": [], "prompt": "How rain is made"}
    first = workshop.make(**prompt)
    assert len(first["scenes"]) == 3
    same = workshop.remake(first, {"title": "Better"}, headers=MERGE_PATCH)
    assert made(same) == [(False, False)] * 3
    other = workshop.remake(first, {"prompt": "Snow"}, headers=MERGE_PATCH)
    assert other.json()["plan"] == {"script": True, "scenes": None}


def test_what_cannot_be_known_is_left_open(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = workshop.make("One.")

    async def card(self: FakeSpeech, ask: SpeechRequest) -> EngineCard:
        raise EngineUnavailable("auto", "none can run")

    monkeypatch.setattr(FakeSpeech, "card", card)
    answer = workshop.remake(first, {"title": "Better"}, headers=MERGE_PATCH)
    assert answer.status_code == 202
    assert answer.json()["plan"] == {"script": False, "scenes": None}


def test_a_change_is_checked_as_a_lesson_is(workshop: Workshop, bob: Person) -> None:
    first = workshop.make("One.")
    for patch, wrong in (
        ({"title": None}, ("title", "missing")),
        ({"prompt": "Rain"}, ("body", "value_error")),
        ({"portrait_id": str(UUID(int=1))}, ("portrait_id", "asset_not_found")),
        ([1], ("body", "model_type")),
    ):
        answer = workshop.remake(first, patch, headers=MERGE_PATCH)
        assert fields(assert_problem(answer, 422, "request_invalid")) == {wrong}
    foreign = bob.post(f"/api/jobs/{first['id']}/remake", json={}, headers=MERGE_PATCH)
    assert_problem(foreign, 404, "job_not_found")


def test_a_preview_is_only_heard_and_the_lesson_finds_its_speech(workshop: Workshop) -> None:
    preview = workshop.make("One.", "Two.", preview="audio")
    assert [step["name"] for step in preview["steps"]] == ["script", "speech", "package"]
    assert preview["preview"] == "audio"
    assert preview["exports"] == [
        "captions.srt", "captions.vtt", "speech.webm", "transcript.txt",
    ]  # fmt: skip
    assert ("preview", "preview_only") in {(n["field"], n["code"]) for n in preview["notices"]}
    assert workshop.video.begun == []
    speech = workshop.ada.get(f"/api/jobs/{preview['id']}/exports/speech.webm").json()
    with av.open(speech["address"]) as sound:
        assert [stream.type for stream in sound.streams] == ["audio"]
    answer = workshop.remake(preview, {"preview": None}, headers=MERGE_PATCH)
    assert made(answer) == [(False, True), (False, True)]
    whole = workshop.finish(answer.json()["id"])
    assert whole["exports"] == ["lesson.mp4"]
    assert sorted(workshop.speech.begun) == ["One.", "Two."]


def test_with_a_job_goes_what_was_made_for_it_alone(workshop: Workshop) -> None:
    first = workshop.make("One.", "Two.")
    second = workshop.make("Two.", "Three.")
    assert (workshop.artefacts("speech"), workshop.artefacts("video")) == (3, 3)
    assert workshop.ada.delete(f"/api/jobs/{first['id']}").status_code == 204
    assert (workshop.artefacts("speech"), workshop.artefacts("video")) == (2, 2)
    again = workshop.remake(second, {"title": "Better"}, headers=MERGE_PATCH)
    assert made(again) == [(False, False)] * 2
    assert workshop.ada.post(f"/api/jobs/{again.json()['id']}/cancel").status_code == 202
    for job in (second, again.json()):
        assert workshop.ada.delete(f"/api/jobs/{job['id']}").status_code == 204
    left = list(workshop.storage.list(user_prefix(workshop.ada.user.id)))
    assert [found.key.rpartition("/")[2] for found in left] == ["file"]


def test_the_script_of_a_deleted_job_goes_with_it(workshop: Workshop) -> None:
    first = workshop.make(scenes=[], prompt="How rain is made")
    assert workshop.artefacts("script") == 1
    assert workshop.ada.delete(f"/api/jobs/{first['id']}").status_code == 204
    assert workshop.artefacts("script") == 0


NOTICES: list[tuple[Callable[[str], dict[str, Any]], set[tuple[str, str]]]] = [
    (lambda _: {}, set()),
    (lambda _: {"minutes": 3}, {("minutes", "not_used")}),
    (lambda _: {"audience": "children"}, {("audience", "not_used")}),
    (lambda _: {"engines": {"script": "fake"}}, {("engines.script", "not_used")}),
    (lambda _: {"video": {"layout": "slide"}}, {("video.layout", "no_slide")}),
    (
        lambda slide: {"scenes": [{"narration": "One.", "slide_id": slide}]},
        {("scenes.0.slide_id", "slide_not_shown")},
    ),
    (
        lambda slide: {
            "scenes": [{"narration": "One.", "slide_id": slide}],
            "video": {"layout": "presenter+slide"},
        },
        set(),
    ),
    (lambda _: {"preview": "audio"}, {("preview", "preview_only")}),
]


@pytest.mark.parametrize(("given", "told"), NOTICES)
def test_nothing_that_is_asked_for_is_passed_over_unsaid(
    workshop: Workshop, given: Callable[[str], dict[str, Any]], told: set[tuple[str, str]]
) -> None:
    with workshop.database.transaction() as db:
        slide = an_asset(db, workshop.ada.user, kind=AssetKind.SLIDE)
    spec = workshop.spec("One.") | given(str(slide.id))
    job = workshop.ada.post("/api/jobs", json=spec).json()
    assert {(notice["field"], notice["code"]) for notice in job["notices"]} == told


def test_what_an_engine_takes_no_account_of_is_told_once_it_is_known(workshop: Workshop) -> None:
    job_id = workshop.submit("One.", speech={"pitch_std": 80, "emotion": {"anger": 0.9}})
    card = EngineCard(
        "plain", "1", "fake", "A plain voice", ignores=("speech.emotion", "speech.seed")
    )
    with workshop.database.transaction() as db:
        job = db.get_one(Job, UUID(job_id))
        job.steps[1].engine = {"name": card.name, "ignores": [*card.ignores]} | {
            "version": "1", "kind": "fake", "label": card.label,
        }  # fmt: skip
        assert job.status is JobStatus.QUEUED
    read = workshop.ada.get(f"/api/jobs/{job_id}").json()
    assert read["notices"] == [
        {
            "field": "speech.emotion",
            "code": "not_used",
            "message": "The engine “plain” takes no account of this.",
        }
    ]
