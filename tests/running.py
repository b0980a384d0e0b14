"""A whole studio as its user starts it: `lectern up`, in a folder of its own."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from pipeline.storage import Storage
from serve.client import StudioClient
from serve.local_account import read_local_account
from serve.services.ports import OWN_RANGE, free_port
from serve.services.process import last_words

MODELS = Path(__file__).parents[1] / ".lectern" / "models"
PATIENCE_SECONDS = 400.0


def wait_until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds:.0f} s"
        time.sleep(0.1)


class RunningStudio:
    """One home; its studio can be started, ended, and killed at any point."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port(random.choice(OWN_RANGE))
        self._log = home.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {
            **os.environ,
            "LECTERN_HOME": str(self.home),
            "LECTERN_PORT": str(self.port),
            "LECTERN_MODELS": str(MODELS),
            # receivers of webhooks in tests are on the loopback
            "LECTERN_WEBHOOK_HTTP": "true",
            "LECTERN_WEBHOOK_NETWORKS": "127.0.0.0/8",
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(Path(sys.executable).parent / "lectern"), "up"],
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
        wait_until(self._is_ready, "a ready studio")

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, last_words(self._log)
        try:
            ready = httpx.get(f"http://127.0.0.1:{self.port}/api/health/ready", timeout=30)
            return ready.is_success and "Ctrl-C" in last_words(self._log)
        except httpx.TransportError:
            return False

    def client(self) -> StudioClient:
        account = read_local_account(self.home)
        return StudioClient(account.url, account.username, account.password)

    def replicas(self, deployment: str) -> list[psutil.Process]:
        return [p for p in self._processes() if f":{deployment}" in _title(p)]

    @property
    def proxies(self) -> list[psutil.Process]:
        """Ray's own proxy, or HAProxy and what manages it."""
        return [p for p in self._processes() if "Proxy" in _title(p) or "/haproxy " in _title(p)]

    def kill_everything(self) -> None:
        """As when the power fails: every process at once, none with a word."""
        doomed = list(self._processes())
        for process in doomed:
            with suppress(psutil.NoSuchProcess):  # its parent's death was enough
                process.kill()
        psutil.wait_procs(doomed, timeout=240)
        self._process = None

    def stop(self) -> None:
        """As Ctrl-C does it; asserts that nothing is left running."""
        if self._process is None:
            return
        family = list(self._processes())
        self._process.send_signal(signal.SIGINT)
        self._process.wait(300)
        self._process = None
        _, alive = psutil.wait_procs(family, timeout=240)
        assert alive == [], [_title(p) for p in alive]

    def _processes(self) -> Iterator[psutil.Process]:
        assert self._process is not None
        parent = psutil.Process(self._process.pid)
        yield parent
        yield from parent.children(recursive=True)


def _title(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""


@dataclass(frozen=True, slots=True)
class Made:
    """How often each artefact was finished: its marker's keys, by step."""

    speech: list[str]
    video: list[str]


def artefacts(home: Path) -> Made:
    """What the studio's storage holds of all lessons made in ``home``."""
    found = json.loads((home / "services.json").read_text())["addresses"]
    storage = Storage(
        found["s3_endpoint_url"], found["s3_access_key"], found["s3_secret_key"], "lectern"
    )
    keys = [entry.key for entry in storage.list("users/")]
    return Made(
        speech=[key for key in keys if "/speech/" in key and key.endswith("/timings.json")],
        video=[key for key in keys if key.endswith("/clip.json")],
    )
