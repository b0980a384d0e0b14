"""A Ray head that lives as long as whoever started it. A program of its own: see ``cluster.py``.

It is told what to do in one JSON argument for ``ray.init``, says where it is in one line of JSON,
and ends when its standard input closes, at SIGTERM, or when a part of the head has died. The
kernel ends the parts with it, however it dies (Ray's "fate sharing").
"""

import json
import select
import signal
import sys
from types import FrameType

import psutil
import ray

WATCH_SECONDS = 1.0


def main() -> None:
    found = ray.init(**json.loads(sys.argv[1])).address_info  # type: ignore[attr-defined]
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    parts = psutil.Process().children()
    answer = {"address": found["gcs_address"], "dashboard": found["webui_url"]}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    try:
        while _still_wanted() and all(_lives(part) for part in parts):
            pass
    finally:
        ray.shutdown()


def _still_wanted() -> bool:
    """Waits a moment; False when the other end of the standard input is gone."""
    ready, _, _ = select.select([sys.stdin], [], [], WATCH_SECONDS)
    return not ready


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
