"""What Serve itself says of its replicas, asked from inside one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ASKING = """
import ray
from ray import serve as ray_serve
from serve.replicas import serve_replicas

ray.init(address="local", num_cpus=1, include_dashboard=False, log_to_driver=False,
         object_store_memory=80 * 2**20, _temp_dir=%r)
ray_serve.start(http_options={"location": "NoServer"})

@ray_serve.deployment(num_replicas=2, ray_actor_options={"num_cpus": 0.1})
class Asking:
    def ask(self):
        return [(each.deployment, each.running, each.changing) for each in serve_replicas()]

asking = ray_serve.run(Asking.bind(), name="lectern", route_prefix=None)
print("told:", asking.ask.remote().result(timeout_s=300))
ray_serve.shutdown()
ray.shutdown()
"""


@pytest.mark.cluster
def test_a_replica_is_told_how_many_there_are(short_folder: Path) -> None:
    # in a process of its own: Ray leaves threads behind
    environment = {name: value for name, value in os.environ.items() if name != "RAY_ADDRESS"}
    done = subprocess.run(
        [sys.executable, "-c", ASKING % str(short_folder / "ray-of-its-own")],
        capture_output=True,
        text=True,
        timeout=600,
        env=environment | {"PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    assert "told: [('Asking', 2, 0)]" in done.stdout, done.stderr[-3000:]
