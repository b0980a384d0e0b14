"""Programs that run beside us: started, watched and stopped, each by its own process."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from pipeline.errors import ServiceFailed

LOG_LINES = 15
POLL_SECONDS = 0.05


def launch(
    name: str, command: Sequence[str | Path], log: Path, account: str | None = None
) -> subprocess.Popen[bytes]:
    """Starts the program in a session of its own, so that a Ctrl-C at the terminal misses it.

    ``account``: the user it runs as, when we are root. What it says is added to ``log``.
    """
    arguments = [str(part) for part in command]
    try:
        with log.open("ab") as sink:
            return subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd="/",
                user=account,
                group=account,
                extra_groups=[] if account else None,
            )
    except OSError as error:
        raise ServiceFailed(name, str(error)) from error


def wait_until(
    ready: Callable[[], bool],
    process: subprocess.Popen[bytes],
    log: Path,
    name: str,
    seconds: float,
) -> None:
    """Returns when ``ready``. Raises ServiceFailed with the end of the log if it never is."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise ServiceFailed(name, f"it ended with {process.returncode}. {last_words(log)}")
        if time.monotonic() > deadline:
            raise ServiceFailed(name, f"not ready after {seconds:.0f} seconds. {last_words(log)}")
        time.sleep(POLL_SECONDS)


def stop(
    process: subprocess.Popen[bytes] | psutil.Process, signals: Sequence[tuple[int, float]]
) -> None:
    """Sends each signal and waits its seconds, until the process has ended. Harmless twice."""
    for number, seconds in (*signals, (signal.SIGKILL, 10.0)):
        with suppress(ProcessLookupError, psutil.NoSuchProcess):
            process.send_signal(number)
        with suppress(subprocess.TimeoutExpired, psutil.TimeoutExpired):
            process.wait(seconds)
            return


def running(program: str, argument: str) -> Iterator[psutil.Process]:
    """Processes of this program that were given exactly this argument.

    The argument names a folder that is ours alone, so what is found is ours, whoever started it:
    it is how a run that was killed leaves its services behind.
    """
    for process in psutil.process_iter(["cmdline"]):
        line: list[str] = process.info["cmdline"] or []
        if line and Path(line[0]).name == program and argument in line[1:]:
            yield process


def last_words(log: Path) -> str:
    """The end of a log, for an error's reader."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-LOG_LINES:])
