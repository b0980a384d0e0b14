"""How many replicas of each deployment Serve has, and since when, asked where Serve runs."""

from collections.abc import Sequence

from ray import serve as ray_serve
from ray.exceptions import RayError
from ray.serve.exceptions import RayServeException
from ray.serve.schema import DeploymentStatusOverview

from serve.deps import Replicas


def serve_replicas() -> Sequence[Replicas]:
    """Empty while the controller does not answer. Blocks."""
    try:
        status = ray_serve.status()
    except (RayError, RayServeException):
        return ()
    return [
        _replicas(name, deployment, application.last_deployed_time_s)
        for application in status.applications.values()
        for name, deployment in application.deployments.items()
    ]


def deployed_at(deployment: str) -> float | None:
    """When it was deployed last, in Unix seconds; None while no replica of it runs, or while the
    controller does not answer. Blocks."""
    for each in serve_replicas():
        if each.deployment == deployment and each.running:
            return each.deployed_at
    return None


def _replicas(name: str, deployment: DeploymentStatusOverview, deployed: float) -> Replicas:
    # Serve hands the states over as text, whatever their type says: compared, never unwrapped
    states = deployment.replica_states.items()
    running = sum(count for state, count in states if state == "RUNNING")
    return Replicas(name, running, sum(count for _, count in states) - running, deployed)
