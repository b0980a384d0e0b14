"""Puts the application on a Ray cluster and waits until it serves."""

import time
from collections.abc import Callable
from typing import Any

from ray.dashboard.modules.serve.sdk import ServeSubmissionClient

from pipeline.errors import LecternError

POLL_SECONDS = 0.25
APPLICATION = "lectern"


class RolloutFailed(LecternError):
    """Ray Serve could not start the studio: {0}"""

    code = "rollout_failed"
    advice = "Mend what the message names, then start again; nothing is lost."


def roll_out(
    dashboard: str,
    config: dict[str, Any],
    on_replicas: Callable[[dict[str, str]], None],
    patience_seconds: float = 300.0,
) -> None:
    """Deploys ``config``; ``on_replicas`` gets each deployment's state whenever one changes."""
    client = ServeSubmissionClient(dashboard)
    client.deploy_applications(config)
    deadline = time.monotonic() + patience_seconds
    shown: dict[str, str] = {}
    while time.monotonic() < deadline:
        application = client.get_serve_details()["applications"].get(APPLICATION, {})
        states = {
            name: str(deployment["status"])
            for name, deployment in application.get("deployments", {}).items()
        }
        if states != shown:
            on_replicas(states)
            shown = states
        match application.get("status"):
            case "RUNNING":
                return
            case "DEPLOY_FAILED" | "UNHEALTHY":
                raise RolloutFailed(_reason(application))
        time.sleep(POLL_SECONDS)
    raise RolloutFailed(f"not ready after {patience_seconds:.0f} s, {shown}")


def _reason(application: dict[str, Any]) -> str:
    own = str(application.get("message") or "")
    parts = [str(d.get("message") or "") for d in application.get("deployments", {}).values()]
    return " ".join(part for part in (own, *parts) if part).strip() or "no reason given"
