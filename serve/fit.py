"""``serve_config.yaml`` is written for a cluster; this fits it to one machine."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

from serve.settings import Settings

CPU_SHARE = 0.1
"""Cores are promised to no one here: the replicas share them, and mostly wait."""

GPUS_TO_SPREAD = 2
EACH_CORE = 0
REPLICAS = {"KDTalker": (EACH_CORE, EACH_CORE), "Producer": (1, EACH_CORE)}
"""The least and the most of them where there is no GPU; one where nothing else is said."""


def read_config(path: Path) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load(path.read_text())
    return config


def fit(config: dict[str, Any], *, host: str, port: int, cpus: int, gpus: int) -> dict[str, Any]:
    """The same deployments for ``cpus`` cores and ``gpus`` GPUs.

    Without a GPU none is asked for, and pictures are drawn by as many replicas as there are cores,
    all there from the start; with GPUs the model deployments scale as they do on a cluster, up to
    what the machine has. Faces are spread only where there is a second GPU to draw them.
    """
    fitted = deepcopy(config)
    fitted["http_options"] |= {"host": host, "port": port}
    if gpus < GPUS_TO_SPREAD:
        _draw_alone(fitted["applications"][0])
    for deployment in fitted["applications"][0]["deployments"]:
        actor = deployment.setdefault("ray_actor_options", {})
        actor["num_cpus"] = CPU_SHARE
        if gpus == 0:
            actor.pop("num_gpus", None)
            _limit(deployment, *REPLICAS.get(deployment["name"], (1, 1)), cpus)
    return fitted


def _draw_alone(application: dict[str, Any]) -> None:
    application["args"].pop("kdtalker_spread", None)
    deployments = application["deployments"]
    application["deployments"] = [each for each in deployments if each["name"] != "Renderer"]


def _limit(deployment: dict[str, Any], least: int, most: int, cpus: int) -> None:
    """``EACH_CORE`` stands for as many as there are cores."""
    scaling = deployment.get("autoscaling_config")
    if scaling is not None:
        scaling |= {"min_replicas": least or cpus, "max_replicas": most or cpus}


NOT_FOR_REPLICAS = {
    "home",
    "files_port",
    "ray_address",
    "ray_token",
    "admin_email",
    "admin_username",
    "admin_password",
}


def environment(settings: Settings) -> dict[str, str]:
    """What a replica must find in its environment to read the same settings."""
    given = settings.model_dump(exclude_none=True, exclude=NOT_FOR_REPLICAS, mode="python")
    secret = {name: _plain(value) for name, value in given.items()}
    return {f"LECTERN_{name.upper()}": value for name, value in secret.items()} | {
        "LECTERN_HOME": str(settings.home.absolute())
    }


def _plain(value: Any) -> str:
    reveal = getattr(value, "get_secret_value", None)
    return str(reveal() if reveal else value)
