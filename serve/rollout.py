"""Puts the application on a Ray cluster and waits until it serves."""

import time
from collections.abc import Callable
from typing import Any

import httpx

from pipeline.errors import LecternError

POLL_SECONDS = 0.25
ADDRESS = "/api/serve/applications/"
"""Of Serve's REST interface, beside Ray's dashboard."""
APPLICATION = "lectern"


class RolloutFailed(LecternError):
    """Ray Serve could not start the studio: {0}"""

    code = "rollout_failed"
    advice = "Mend what the message names, then start again; nothing is lost."


def roll_out(
    dashboard: str,
    token: str | None,
    config: dict[str, Any],
    on_replicas: Callable[[dict[str, str]], None],
    patience_seconds: float = 300.0,
) -> None:
    """Deploys ``config``; ``on_replicas`` gets each deployment's state whenever one changes.

    ``token`` opens the dashboard where it asks for one. Raises RolloutFailed.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with httpx.Client(base_url=dashboard, headers=headers, timeout=60.0) as client:
        try:
            _checked(client.put(ADDRESS, json=config))
            _wait(client, on_replicas, patience_seconds)
        except httpx.HTTPError as error:
            raise RolloutFailed(f"{dashboard} does not answer: {error}") from error


def _wait(
    client: httpx.Client, on_replicas: Callable[[dict[str, str]], None], patience_seconds: float
) -> None:
    deadline = time.monotonic() + patience_seconds
    shown: dict[str, str] = {}
    while time.monotonic() < deadline:
        application = _checked(client.get(ADDRESS)).json()["applications"].get(APPLICATION, {})
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


def _checked(answer: httpx.Response) -> httpx.Response:
    if not answer.is_success:
        raise RolloutFailed(f"HTTP {answer.status_code} {answer.text[:500]}")
    return answer


def _reason(application: dict[str, Any]) -> str:
    own = str(application.get("message") or "")
    parts = [str(d.get("message") or "") for d in application.get("deployments", {}).values()]
    return " ".join(part for part in (own, *parts) if part).strip() or "no reason given"
