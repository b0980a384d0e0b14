"""What tests that were killed have left running, and its end when the next ones begin."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from serve.services.process import stop


def end_leftovers() -> None:
    """Of every folder of tests whose owner, the process its link names, is no more."""
    for folder in Path("/tmp").glob("lectern-tests-*"):
        with suppress(OSError):  # it is another one's, or gone since
            if not psutil.pid_exists(int((folder / "owner").readlink().name)):
                for process in list(_of(folder)):
                    stop(process, ())
                shutil.rmtree(folder, ignore_errors=True)


def _of(folder: Path) -> Iterator[psutil.Process]:
    """Who was given a file in the folder, or has its home there."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            given = [*process.cmdline(), process.environ().get("LECTERN_HOME", "")]
            if any(f"{folder}/" in each for each in given):
                yield process
