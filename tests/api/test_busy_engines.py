"""A studio whose deployments hold as many calls as they take goes on accepting lessons."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any, cast

import httpx
import pytest
from ray.exceptions import ActorDiedError
from ray.serve.handle import DeploymentHandle

from db.models import Asset
from deployments import cards
from deployments.remote import RemoteVideo
from pipeline.engines import EngineCard, VideoRequest
from serve import echo, introductions
from serve.deps import Replicas, Studio
from tests.api.conftest import Person
from tests.api.problems import assert_problem, fields
from tests.factories import a_spec

HASTY, PATIENT = 0.05, 240.0


@dataclass
class KDTalker:
    """Stands in for the handle of a deployment; while ``busy`` it answers nobody."""

    busy: bool = False
    running: int = 1
    version: str = "1"
    deployment_name: str = "KDTalker"

    @property
    def card(self) -> "KDTalker":
        return self

    async def remote(self, ask: VideoRequest) -> EngineCard:
        if not self.running:
            raise ActorDiedError
        if self.busy:
            await asyncio.Event().wait()
        return EngineCard("puppet", self.version, "fake", "A puppet")

    def deployed_at(self) -> float | None:
        return 1.0 if self.running else None

    def replicas(self) -> list[Replicas]:
        return [Replicas(self.deployment_name, self.running, 0)]


@pytest.fixture
def kdtalker(monkeypatch: pytest.MonkeyPatch) -> KDTalker:
    monkeypatch.setattr(cards, "GRACE_SECONDS", HASTY)
    monkeypatch.setattr(echo, "READY_SECONDS", PATIENT)
    monkeypatch.setattr(introductions, "PATIENCE_SECONDS", PATIENT)
    return KDTalker()


@pytest.fixture
def studio(studio: Studio, kdtalker: KDTalker) -> Studio:
    handle = cast(DeploymentHandle[Any], kdtalker)
    video = RemoteVideo(handle, PATIENT, kdtalker.deployed_at)
    return replace(studio, video=video, replicas=kdtalker.replicas)


def hand_in(ada: Person, portrait: Asset) -> httpx.Response:
    return ada.post("/api/jobs", json=a_spec(portrait.id, engines={"video": "puppet"}))


def drawn_by(ada: Person) -> Any:
    """The engine that the studio, which is ready, would draw with."""
    answer = ada.get("/api/health/ready")
    assert answer.status_code == 200, answer.text
    return next(part["engine"] for part in answer.json()["parts"] if part["part"] == "video")


def test_a_lesson_is_accepted_while_the_engine_it_names_is_busy(
    ada: Person, portrait: Asset, kdtalker: KDTalker
) -> None:
    assert hand_in(ada, portrait).status_code == 202
    kdtalker.busy = True
    assert hand_in(ada, portrait).json()["status"] == "queued"


def test_a_studio_with_a_busy_engine_is_ready_and_names_it(ada: Person, kdtalker: KDTalker) -> None:
    assert drawn_by(ada)["version"] == "1"
    kdtalker.version = "2"
    assert drawn_by(ada)["version"] == "2"
    kdtalker.busy = True
    assert drawn_by(ada)["version"] == "2"


def test_a_busy_engine_that_never_introduced_itself_is_left_to_the_worker(
    ada: Person, portrait: Asset, kdtalker: KDTalker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(introductions, "PATIENCE_SECONDS", HASTY)
    kdtalker.busy = True
    assert hand_in(ada, portrait).json()["status"] == "queued"
    assert drawn_by(ada) is None


def test_an_engine_that_is_gone_is_said_to_be_gone_though_it_was_known(
    ada: Person, portrait: Asset, kdtalker: KDTalker
) -> None:
    assert hand_in(ada, portrait).status_code == 202
    kdtalker.running = 0
    assert_problem(hand_in(ada, portrait), 503, "infrastructure_lost")
    body = assert_problem(ada.get("/api/health/ready"), 503, "not_ready")
    assert fields(body) == {("video", "not_ready")}
