"""A Ray head of our own, on the loopback, for one machine."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from pipeline.errors import ServiceFailed
from serve.services.folders import private_folder
from serve.services.ports import LOOPBACK, free_port
from serve.services.process import last_words, stop

HEAD = Path(__file__).with_name("head.py")
"""Not imported: it imports ray, which reads some of the flags below at that moment."""
DASHBOARD_PORT = 8265
OBJECT_STORE_BYTES = 512 * 2**20
START_SECONDS = 120.0
START_TRIES = 3
MARK = "LECTERN_CLUSTER"
"""Every process of the cluster carries our folder under this name in its environment."""
GENTLY = (signal.SIGTERM, 15.0)

FLAGS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    # on a busy machine the proxy misses the five seconds it has by default
    "RAY_SERVE_PROXY_READY_CHECK_TIMEOUT_S": "60",
    "RAY_SERVE_PROXY_HEALTH_CHECK_PERIOD_S": "1",
    "RAY_SERVE_PROXY_HEALTH_CHECK_TIMEOUT_S": "10",
    # Ray otherwise turns 127.0.0.1 into the machine's own address and listens to the network;
    # this switch, meant for laptops with other systems, keeps a head on the loopback
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
}


class RayHead:
    """One head. Whoever knows its token may run any code here, so nobody else is let in.

    ``folder`` is for Ray's sockets and logs, while it runs; its path has at most 40 characters. The
    logs of the last run then lie beside ``log``, in a folder of its name.
    """

    name = "Ray"

    def __init__(self, folder: Path, log: Path, token: Path, dashboard_port: int) -> None:
        self._folder = folder.resolve()
        self._log = log
        self._token = token.resolve()
        self.dashboard_port = dashboard_port
        self.address = ""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in its environment, before it imports ray, to be let in."""
        return {**FLAGS, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(self._token)}

    @property
    def dashboard_url(self) -> str:
        return f"http://{LOOPBACK}:{self.dashboard_port}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Ready for drivers when it returns. Raises ServiceFailed."""
        self._sweep()
        private_folder(self._folder)
        self._forget_old_sessions()
        for _ in range(START_TRIES - 1):
            # another program may take the dashboard's port between our look and its start
            with suppress(ServiceFailed):
                return self._start_once()
        return self._start_once()

    def _start_once(self) -> None:
        self.dashboard_port = free_port(self.dashboard_port)
        self._process = self._launch()
        try:
            self.address = self._answer(self._process)["address"]
        except ServiceFailed:
            self._end()
            raise

    def stop(self) -> None:
        if self._process is not None:
            self._end()
            self._put_logs_by()
            shutil.rmtree(self._folder, ignore_errors=True)

    def _end(self) -> None:
        if self._process is not None:
            stop(self._process, (GENTLY,))
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
            self._process = None
        self._sweep()

    def _launch(self) -> subprocess.Popen[bytes]:
        options = {
            "address": "local",
            "namespace": "lectern",
            "include_dashboard": True,
            "dashboard_host": LOOPBACK,
            "dashboard_port": self.dashboard_port,
            "object_store_memory": OBJECT_STORE_BYTES,
            "log_to_driver": False,
            "_node_ip_address": LOOPBACK,
            "_temp_dir": str(self._folder),
        }
        with self._log.open("ab") as sink:
            # -P: the folder of the program is no place to import from
            return subprocess.Popen(
                [sys.executable, "-P", str(HEAD), json.dumps(options)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=sink,
                start_new_session=True,
                env={**os.environ, **self.environment, MARK: str(self._folder)},
            )

    def _answer(self, process: subprocess.Popen[bytes]) -> dict[str, str]:
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], START_SECONDS)
        line = process.stdout.readline() if ready else b""
        if not line:
            raise ServiceFailed(self.name, last_words(self._log))
        answer: dict[str, str] = json.loads(line)
        return answer

    def _forget_old_sessions(self) -> None:
        """Keeps the logs of the last run only."""
        sessions = sorted(self._folder.glob("session_2*"))
        for old in sessions[:-1]:
            shutil.rmtree(old, ignore_errors=True)

    def _put_logs_by(self) -> None:
        kept = self._log.with_suffix("")
        shutil.rmtree(kept, ignore_errors=True)
        for session in sorted(self._folder.glob("session_2*"))[-1:]:
            if (session / "logs").is_dir():
                shutil.move(session / "logs", kept)

    def _sweep(self) -> None:
        """Ends what a killed head left: its agents outlive it by more than a minute."""
        for process in list(_marked(str(self._folder))):
            stop(process, ())


def _marked(folder: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == folder:
                yield process
        except (psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
