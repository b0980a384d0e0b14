"""Processes die in the middle of a lesson; the lesson is made all the same."""

from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from serve.client import StudioClient
from serve.making import upload_parts
from tests.running import RunningStudio, artefacts, wait_until

pytestmark = pytest.mark.cluster
SAMPLES = Path(__file__).parents[2] / "samples"


def start_lesson(client: StudioClient, subject: str, scenes: int = 4) -> str:
    """A job whose scenes nobody made before."""
    spec = {
        "title": subject,
        "portrait": "portrait.png",
        "consent": {"portrait": {"statement": "invented", "person": "The drawn presenter"}},
        "scenes": [
            {"narration": f"This is part {index} about {subject}. " * 3} for index in range(scenes)
        ],
    }
    return str(client.call("POST", "/api/jobs", json=upload_parts(client, spec, SAMPLES))["id"])


def wait_for_scene(client: StudioClient, job: str) -> None:
    """Until the first scene is filmed and the next ones are under way."""
    for event in client.events(job):
        if event["kind"] == "scene.filmed":
            return
    raise AssertionError("the job ended without a scene")


def assert_made_once(
    studio: RunningStudio, client: StudioClient, job: str, scenes: int, before: Any
) -> None:
    told = list(client.events(job))
    assert told[-1]["kind"] == "job.succeeded"
    assert [event["number"] for event in told] == list(range(1, len(told) + 1))
    ends = Counter(e["kind"] for e in told if e["kind"] in ("job.succeeded", "job.failed"))
    assert ends == {"job.succeeded": 1}
    made = artefacts(studio.home)
    assert len(made.speech) - len(before.speech) == scenes
    assert len(made.video) - len(before.video) == scenes
    filmed = Counter(e["scene"] for e in told if e["kind"] == "scene.filmed" and e["made"])
    assert all(count == 1 for count in filmed.values()), filmed


@pytest.mark.parametrize("deployment", ["Producer", "KDTalker"])
def test_a_replica_killed_in_the_middle_of_a_lesson_costs_at_most_its_scenes(
    running_studio: RunningStudio, studio_client: StudioClient, deployment: str
) -> None:
    before = artefacts(running_studio.home)
    job = start_lesson(studio_client, f"the death of {deployment}")
    wait_for_scene(studio_client, job)
    replicas = running_studio.replicas(deployment)
    assert replicas
    for replica in replicas:
        with suppress(psutil.NoSuchProcess):  # one too many goes by itself
            replica.kill()
    assert_made_once(running_studio, studio_client, job, 4, before)


def test_a_studio_that_lost_its_power_goes_on_where_it_was(running_studio: RunningStudio) -> None:
    with running_studio.client() as client:
        before = artefacts(running_studio.home)
        job = start_lesson(client, "a night without power")
        wait_for_scene(client, job)
    running_studio.kill_everything()
    running_studio.start()
    with running_studio.client() as client:
        assert_made_once(running_studio, client, job, 4, before)


def test_an_http_replica_killed_while_it_streams_is_not_missed(
    running_studio: RunningStudio, studio_client: StudioClient
) -> None:
    job = start_lesson(studio_client, "a broken wire")
    wait_for_scene(studio_client, job)
    replica = running_studio.replicas("Studio")[0]
    replica.kill()
    told = list(studio_client.events(job))
    assert told[-1]["kind"] == "job.succeeded"
    wait_until(lambda: len(running_studio.replicas("Studio")) == 2, "a second HTTP replica")
