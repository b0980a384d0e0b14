"""OpenFUN's Ralph, a record store that others wrote, on the loopback.

It wants other versions of our libraries, so it lives in an environment of its own:
``python -m venv ralph && ralph/bin/pip install 'ralph-malph[cli,lrs]' requests``. Then
``LECTERN_TEST_RALPH=ralph/bin/ralph pytest tests/browser/test_cmi5.py`` has it take every
statement of those tests, and give it back.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

RALPH = "LECTERN_TEST_RALPH"
NAME, SECRET = "lesson", "a quiet river"
PATIENCE_SECONDS = 120
ADDED = {"stored", "authority", "version"}
"""What a store may add to a statement (xAPI 1.0.3, part 2, 2.4)."""


def taken_by_ralph(executable: Path, statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The statements as it gives them back, less what it added."""
    with _serving(executable) as store:
        # at once: what it keeps in files, it writes once
        store.post("/xAPI/statements", json=statements)
        return [_given_back(store, each) for each in statements]


def _given_back(store: httpx.Client, statement: dict[str, Any]) -> dict[str, Any]:
    answer = store.get("/xAPI/statements", params={"statementId": statement["id"]}).json()
    assert "statements" not in answer or len(answer["statements"]) == 1, answer
    (kept,) = answer.get("statements", [answer])
    return {name: value for name, value in kept.items() if name not in ADDED - statement.keys()}


@contextmanager
def _serving(executable: Path) -> Iterator[httpx.Client]:
    with TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        environment = os.environ | _settings(Path(folder))
        person = ["-u", NAME, "-p", SECRET, "-s", "all", "-M", "mailto:lms@example.org", "-w"]
        subprocess.run([executable, "auth", *person], env=environment, check=True)
        command = [executable, "runserver", "-b", "fs", "-h", "127.0.0.1", "-p", f"{port}"]
        with subprocess.Popen(command, env=environment, cwd=folder) as running:
            try:
                yield _ready(f"http://127.0.0.1:{port}")
            finally:
                running.terminate()


def _settings(folder: Path) -> dict[str, str]:
    kept = folder / "kept"
    kept.mkdir()
    return {
        "RALPH_APP_DIR": f"{folder}",
        "RALPH_RUNSERVER_BACKEND": "fs",
        "RALPH_AUTH_FILE": f"{folder / 'auth.json'}",
        "RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH": f"{kept}",
    }


def _ready(address: str) -> httpx.Client:
    store = httpx.Client(
        base_url=address,
        auth=(NAME, SECRET),
        headers={"X-Experience-API-Version": "1.0.3"},
        event_hooks={"response": [_accepted]},
        timeout=PATIENCE_SECONDS,
    )
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            store.get("/__lbheartbeat__")
        except httpx.TransportError:
            assert time.monotonic() < until, "Ralph does not answer"
            time.sleep(0.2)
        else:
            return store


def _accepted(answer: httpx.Response) -> None:
    answer.read()
    assert answer.is_success, answer.text
