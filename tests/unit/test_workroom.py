import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pipeline.workroom import YOUNG_SECONDS, clear_workrooms, workroom

AT_WORK = """
import sys
from pipeline.workroom import workroom
with workroom() as room:
    (room / "film.mp4").write_bytes(bytes(1000))
    print(room, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def make_old(room: Path) -> None:
    then = room.stat().st_mtime - 2 * YOUNG_SECONDS
    os.utime(room, (then, then))


def test_a_room_is_empty_and_goes_with_what_was_put_there() -> None:
    with workroom() as room:
        assert list(room.iterdir()) == []
        (room / "film.mp4").touch()
    assert not room.exists()


def test_rooms_in_use_and_new_ones_are_left_alone(rooms: Path) -> None:
    new = rooms / "lectern-work-new"
    new.mkdir()
    with workroom() as used:
        make_old(used)
        assert clear_workrooms() == 0
        assert new.exists()
        assert used.exists()


def test_what_a_killed_process_left_is_cleared(rooms: Path) -> None:
    worker = subprocess.Popen(
        [sys.executable, "-c", AT_WORK],
        env={**os.environ, "TMPDIR": str(rooms)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with worker:
        assert worker.stdout is not None
        room = Path(worker.stdout.readline().strip())
        make_old(room)
        assert clear_workrooms() == 0
        worker.kill()
        worker.wait()
    assert (room / "film.mp4").exists()
    assert clear_workrooms() == 1
    assert list(rooms.iterdir()) == []
