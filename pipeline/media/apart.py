"""Runs a function on an untrusted file in a process of its own, with limits.

A decoder that a crafted file makes crash, hang or eat memory then takes nobody down with it. The
process starts fresh, without our environment, so that there is nothing in it to steal.
"""

import importlib
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

from pipeline import errors
from pipeline.errors import LessonError

MEMORY_BYTES = 3 * 1024**3
"""Address space. Some of it is only reserved: libraries and thread stacks."""
CPU_SECONDS = 30
WALL_SECONDS = 90
FILE_BYTES = 512 * 1024**2


class CheckStopped(Exception):
    """The process crashed or hit a limit; the message says how."""


def run_apart(check: str, source: Path, target: Path) -> dict[str, Any]:
    """Calls ``check`` (``package.module:function``) with the two paths; its answer must be JSON.

    Raises the LessonError that the function raised, and CheckStopped when it did not come to an
    end. Blocks: call it in a thread.
    """
    command = [sys.executable, "-m", "pipeline.media.apart", check, str(source), str(target)]
    try:
        done = subprocess.run(
            command,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CheckStopped("it took too long") from error
    if done.returncode != 0:
        raise CheckStopped(f"exit status {done.returncode}: {done.stderr.decode()[-500:]}")
    return _answer(json.loads(done.stdout))


def _answer(said: dict[str, Any]) -> dict[str, Any]:
    if "error" in said:
        kind = getattr(errors, said["error"])
        assert issubclass(kind, LessonError)
        raise kind(*said["arguments"])
    answer: dict[str, Any] = said["found"]
    return answer


def _environment() -> dict[str, str]:
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    return {"PYTHONPATH": os.pathsep.join(sys.path), **dict.fromkeys(threads, "1")}


def _limit() -> None:
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def _main(check: str, source: str, target: str) -> None:
    _limit()
    module, function = check.split(":")
    try:
        found = getattr(importlib.import_module(module), function)(Path(source), Path(target))
        said = {"found": found}
    except LessonError as error:
        said = {"error": type(error).__name__, "arguments": error.args}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    _main(*sys.argv[1:])
