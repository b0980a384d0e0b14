"""A check in a process of its own: what it may do, and what its end means."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import PictureSizeRefused
from pipeline.media import apart
from pipeline.media.apart import CheckStopped, run_apart

NOWHERE = Path("nowhere")


def look_around(source: Path, target: Path) -> dict[str, Any]:
    return {"environment": dict(os.environ), "source": str(source), "target": str(target)}


def refuse(source: Path, target: Path) -> dict[str, Any]:
    raise PictureSizeRefused(1, 2, 256, 8192)


def crash(source: Path, target: Path) -> dict[str, Any]:
    os.abort()


def take_all_memory(source: Path, target: Path) -> dict[str, Any]:
    return {"bytes": len(bytearray(8 * 1024**3))}


def fill_the_disk(source: Path, target: Path) -> dict[str, Any]:
    with target.open("wb") as file:
        file.truncate(2 * 1024**3)
    return {}


def sleep(source: Path, target: Path) -> dict[str, Any]:
    time.sleep(60)
    return {}


def check(function: Any) -> str:
    return f"{__name__}:{function.__name__}"


def test_its_answer_comes_back_and_our_environment_does_not_go_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LECTERN_JWT_SECRET", "for our eyes only")
    seen = run_apart(check(look_around), Path("a b"), Path("c"))
    assert (seen["source"], seen["target"]) == ("a b", "c")
    assert "for our eyes only" not in seen["environment"].values()


def test_what_it_refuses_is_raised_here() -> None:
    with pytest.raises(PictureSizeRefused) as refused:
        run_apart(check(refuse), NOWHERE, NOWHERE)
    assert str(refused.value) == (
        "The picture is 1 × 2 pixels; each side must have between 256 and 8192."
    )


@pytest.mark.parametrize("function", [crash, take_all_memory, fill_the_disk])
def test_one_that_crashes_or_takes_too_much_is_stopped(function: Any, tmp_path: Path) -> None:
    with pytest.raises(CheckStopped, match="exit status"):
        run_apart(check(function), tmp_path / "a", tmp_path / "b")


def test_one_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "WALL_SECONDS", 1)
    with pytest.raises(CheckStopped, match="too long"):
        run_apart(check(sleep), NOWHERE, NOWHERE)
