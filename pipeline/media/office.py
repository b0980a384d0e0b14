"""Draws the slides of a presentation with LibreOffice, which must be installed, as a program of its
own with limits. Its profile is made for it and thrown away: nothing of one file reaches another.
"""

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

from pipeline.errors import SlidesUndrawable

WALL_SECONDS = 180
CPU_SECONDS = 240
"""Of all its threads together."""
MEMORY_BYTES = 4 * 1024**3
"""Address space, of which it reserves more than it uses."""
FILE_BYTES = 512 * 1024**2
READER = "Impress MS PowerPoint 2007 XML"
"""Named, so that it never guesses from the content which of its hundred readers to take."""


def draw_as_pdf(program: Path, presentation: Path, folder: Path) -> Path:
    """A PDF with a page for each slide that is shown, written into ``folder``.

    Raises SlidesUndrawable. Blocks: call it in a thread.
    """
    profile = (folder / "profile").as_uri()
    command = [
        str(program), f"-env:UserInstallation={profile}", "--headless", "--norestore",
        "--nolockcheck", f"--infilter={READER}", "--convert-to", "pdf",
        "--outdir", str(folder), str(presentation),
    ]  # fmt: skip
    told = _run(command, folder)
    drawn = folder / f"{presentation.stem}.pdf"
    if not drawn.is_file():
        raise SlidesUndrawable(told.strip()[-300:] or "LibreOffice wrote nothing")
    return drawn


def _run(command: list[str], folder: Path) -> str:
    """What it said. Where it takes too long, it is ended with whatever it started."""
    limited = [sys.executable, "-m", "pipeline.media.office", *command]
    with subprocess.Popen(
        limited,
        env={**_environment(folder), "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as office:
        try:
            said, _ = office.communicate(timeout=WALL_SECONDS)
        except subprocess.TimeoutExpired as error:
            os.killpg(office.pid, signal.SIGKILL)
            raise SlidesUndrawable("LibreOffice took too long") from error
    return said.decode(errors="replace")


def _environment(home: Path) -> dict[str, str]:
    """Nothing of ours, in which there may be secrets."""
    return {"HOME": str(home), "PATH": os.defpath, "LANG": "C.UTF-8"}


def _become(program: str, *arguments: str) -> None:
    """This process goes on as the program, within its limits."""
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    os.execve(program, [program, *arguments], _environment(Path(os.environ["HOME"])))


if __name__ == "__main__":
    _become(*sys.argv[1:])
