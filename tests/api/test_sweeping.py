import os
import tempfile
from pathlib import Path

import pytest

from pipeline.workroom import YOUNG_SECONDS, workroom
from serve.deps import Studio
from serve.sweeping import sweep


def test_what_a_killed_studio_left_of_an_upload_is_swept_and_no_other_work(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left = tmp_path / "lectern-work-left"
    left.mkdir()
    (left / "uploaded").write_bytes(bytes(1000))
    with workroom() as used:
        for room in (left, used):
            then = room.stat().st_mtime - 2 * YOUNG_SECONDS
            os.utime(room, (then, then))
        sweep(studio)
        assert list(tmp_path.iterdir()) == [used]
