"""The two configuration files say nothing that Ray would silently ignore."""

from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pydantic import BaseModel
from ray.autoscaler._private.util import prepare_config, validate_config
from ray.serve.config import AutoscalingConfig
from ray.serve.schema import DeploymentSchema, ServeApplicationSchema, ServeDeploySchema

from serve.app import renderer
from serve.fit import fit, read_config
from serve.settings import Settings

ROOT = Path(__file__).parents[2]
NESTED = {
    (DeploymentSchema, "autoscaling_config"): AutoscalingConfig,
}
FREE_FORM = {"args", "user_config", "policy_kwargs", "env_vars", "runtime_env", "resources"}


def models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in models_in(part)]


def unknown_keys(model: type[BaseModel], given: dict[str, Any], path: str = "") -> list[str]:
    """Paths of the keys that no field of ``model`` (nor of the models in it) is named for."""
    found = []
    for key, value in given.items():
        here = f"{path}.{key}"
        field = model.model_fields.get(key)
        if field is None:
            found.append(here)
            continue
        if key in FREE_FORM:
            continue
        inner = [NESTED[model, key]] if (model, key) in NESTED else models_in(field.annotation)
        for item in value if isinstance(value, list) else [value]:
            if inner and isinstance(item, dict):
                found += unknown_keys(inner[0], item, here)
    return found


@pytest.fixture
def config() -> dict[str, Any]:
    return read_config(ROOT / "serve_config.yaml")


def test_serve_config_has_no_key_that_ray_does_not_know(config: dict[str, Any]) -> None:
    assert unknown_keys(ServeDeploySchema, config) == []
    ServeDeploySchema.model_validate(config)


def test_a_misspelt_key_is_found_at_every_level(config: dict[str, Any]) -> None:
    config["http_options"]["prot"] = 1
    deployment = config["applications"][0]["deployments"][1]
    deployment["num_replica"] = 1
    deployment["autoscaling_config"]["min_replica"] = 1
    deployment["autoscaling_config"]["policy"]["policy_functoin"] = "x"
    deployment["ray_actor_options"]["num_gpu"] = 1
    assert len(unknown_keys(ServeDeploySchema, config)) == 5


def test_every_deployment_of_the_application_is_configured(config: dict[str, Any]) -> None:
    named = {deployment["name"] for deployment in config["applications"][0]["deployments"]}
    assert named == {"Studio", "Producer", "Llm", "Zyphra", "KDTalker", "Renderer"}


def test_the_queue_has_room_for_every_replica_and_none_waits_forever(
    config: dict[str, Any],
) -> None:
    for deployment in ServeApplicationSchema.model_validate(config["applications"][0]).deployments:
        assert deployment.health_check_period_s <= 2, deployment.name
        assert deployment.graceful_shutdown_timeout_s >= 30, deployment.name


def test_on_a_machine_without_gpu_none_is_asked_for(config: dict[str, Any]) -> None:
    fitted = fit(config, host="127.0.0.1", port=8123, cpus=2, gpus=0)
    assert "num_gpus" not in yaml.safe_dump(fitted)
    assert fitted["http_options"]["port"] == 8123
    assert unknown_keys(ServeDeploySchema, fitted) == []
    ServeDeploySchema.model_validate(fitted)
    assert "num_gpus" in yaml.safe_dump(config)  # the file itself is untouched


@pytest.mark.parametrize(("gpus", "spread"), [(0, False), (1, False), (2, True)])
def test_faces_are_spread_only_where_another_gpu_can_draw_them(
    config: dict[str, Any], gpus: int, spread: bool
) -> None:
    application = fit(config, host="127.0.0.1", port=8123, cpus=2, gpus=gpus)["applications"][0]
    named = {deployment["name"] for deployment in application["deployments"]}
    assert ("Renderer" in named) == spread
    assert (renderer(Settings(**application["args"])) is not None) == spread


def test_ray_accepts_the_cluster_file() -> None:
    cluster = yaml.safe_load((ROOT / "cluster.yaml").read_text())
    validate_config(prepare_config(cluster))


def test_the_cluster_has_a_place_for_every_deployment(config: dict[str, Any]) -> None:
    cluster = yaml.safe_load((ROOT / "cluster.yaml").read_text())
    workers = [kind["resources"] for kind in cluster["available_node_types"].values()]
    for deployment in config["applications"][0]["deployments"]:
        actor = deployment["ray_actor_options"]
        assert any(
            actor["num_cpus"] <= node["CPU"] and actor.get("num_gpus", 0) <= node.get("GPU", 0)
            for node in workers
        ), deployment["name"]
