"""A head whose dashboard's port is taken in the last moment, and what it leaves: no Ray is run."""

from pathlib import Path

import pytest

from pipeline.errors import ServiceFailed
from serve.services import cluster
from serve.services.cluster import RayHead

FAKE = """
import json, sys
from pathlib import Path
options = json.loads(sys.argv[1])
logs = Path(options["_temp_dir"], "session_2030", "logs")
logs.mkdir(parents=True, exist_ok=True)
with (logs / "tried").open("a") as file:
    file.write(f"{options['dashboard_port']}\\n")
if len((logs / "tried").read_text().split()) <= int(PORTS_TAKEN):
    sys.exit("the port is taken")
print(json.dumps({"address": "127.0.0.1:6379"}), flush=True)
sys.stdin.read()
"""


def head(folder: Path, monkeypatch: pytest.MonkeyPatch, ports_taken: int) -> RayHead:
    """One that does as if Ray was started: it stays until its standard input is closed."""
    program = folder / "head.py"
    program.write_text(FAKE.replace("PORTS_TAKEN", str(ports_taken)))
    monkeypatch.setattr(cluster, "HEAD", program)
    token = folder / "token"
    token.touch()
    return RayHead(folder / "sockets", folder / "ray.log", token, 8265)


def test_a_dashboard_whose_port_was_taken_tries_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = head(tmp_path, monkeypatch, ports_taken=2)
    started.start()
    try:
        assert started.alive
        assert started.address == "127.0.0.1:6379"
        tried = (tmp_path / "sockets" / "session_2030" / "logs" / "tried").read_text().split()
        assert [int(port) for port in tried][-1] == started.dashboard_port
    finally:
        started.stop()
    assert not started.alive


def test_a_head_that_cannot_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hopeless = head(tmp_path, monkeypatch, ports_taken=99)
    with pytest.raises(ServiceFailed, match="the port is taken"):
        hopeless.start()
    assert not hopeless.alive


def test_a_stopped_head_leaves_the_logs_of_its_last_run_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = head(tmp_path, monkeypatch, ports_taken=0)
    for _ in range(2):
        runs.start()
        runs.stop()
        runs.stop()
    left = {each.name for each in tmp_path.iterdir()}
    assert left == {"head.py", "ray", "ray.log", "token"}
    assert len((tmp_path / "ray" / "tried").read_text().split()) == 1
