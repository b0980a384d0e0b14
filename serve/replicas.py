"""How many replicas of each deployment Serve has, asked where Serve runs."""

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
        _replicas(name, deployment)
        for application in status.applications.values()
        for name, deployment in application.deployments.items()
    ]


def _replicas(name: str, deployment: DeploymentStatusOverview) -> Replicas:
    # Serve hands the states over as text, whatever their type says: compared, never unwrapped
    states = deployment.replica_states.items()
    running = sum(count for state, count in states if state == "RUNNING")
    return Replicas(name, running, sum(count for _, count in states) - running)
