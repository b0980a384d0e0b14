"""What is read from Serve's account of its deployments."""

from typing import Any

import pytest
from ray import serve as ray_serve
from ray.serve.exceptions import RayServeException
from ray.serve.schema import ApplicationStatusOverview, DeploymentStatusOverview, ServeStatus

from serve.deps import Replicas
from serve.replicas import deployed_at, serve_replicas


def account() -> ServeStatus:
    # as Serve hands it over: the states are text, whatever their types say
    overview: Any = DeploymentStatusOverview
    application: Any = ApplicationStatusOverview

    def deployment(**states: int) -> DeploymentStatusOverview:
        made: DeploymentStatusOverview = overview("HEALTHY", "UNSPECIFIED", states, "")
        return made

    known = {"KDTalker": deployment(RUNNING=2, STARTING=1), "Zyphra": deployment(STARTING=1)}
    return ServeStatus(applications={"lectern": application("RUNNING", "", 7.5, known)})


def test_a_deployment_with_a_running_replica_was_deployed_when_its_application_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ray_serve, "status", account)
    assert serve_replicas() == [Replicas("KDTalker", 2, 1, 7.5), Replicas("Zyphra", 0, 1, 7.5)]
    assert deployed_at("KDTalker") == 7.5
    assert deployed_at("Zyphra") is None, "none of its replicas runs"
    assert deployed_at("Llm") is None


def test_nothing_is_known_to_run_while_the_controller_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away() -> ServeStatus:
        raise RayServeException

    monkeypatch.setattr(ray_serve, "status", away)
    assert deployed_at("KDTalker") is None
