from pathlib import Path
from typing import get_args

import pytest

from db.forecast import USUAL_SPEED
from db.jobs import STEP_NAMES
from pipeline.dag import LESSON, StepStopped, during
from pipeline.errors import DiskFull, LeaseLost, NoFaceFound, StepBroke
from pipeline.lesson import SAMPLES_PER_FRAME, StepName
from pipeline.media.mux import mux_clip
from tests.media import silent_clip, tone


def test_every_layer_knows_the_same_steps_in_the_same_order() -> None:
    names = tuple(step.name for step in LESSON)
    assert names == ("script", "speech", "video", "package")
    assert names == get_args(StepName) == STEP_NAMES == tuple(USUAL_SPEED)


def test_what_goes_wrong_during_a_step_stops_that_step() -> None:
    error = NoFaceFound()
    with pytest.raises(StepStopped) as stopped, during("video"):
        raise error
    assert (stopped.value.step, stopped.value.error) == ("video", error)


def test_a_fault_of_ours_becomes_an_error_that_may_pass() -> None:
    with pytest.raises(StepStopped) as stopped, during("speech"):
        raise ZeroDivisionError
    error = stopped.value.error
    assert isinstance(error, StepBroke)
    assert error.retryable
    assert str(error) == "The step “speech” met a fault of the studio (ZeroDivisionError)."


@pytest.mark.parametrize("frames", [10, 200])
def test_a_full_disk_is_told_as_such_and_blamed_on_no_lesson(tmp_path: Path, frames: int) -> None:
    """Be it for the whole of a clip, or for the last of it."""
    silent_clip(tmp_path / "silent.mp4", frames)
    with pytest.raises(StepStopped) as stopped, during("video"):
        mux_clip(tmp_path / "silent.mp4", tone(frames * SAMPLES_PER_FRAME), Path("/dev/full"))
    assert isinstance(stopped.value.error, DiskFull)
    assert stopped.value.error.infrastructure


def test_a_lost_lease_is_no_failure_of_a_step() -> None:
    with pytest.raises(LeaseLost), during("speech"):
        raise LeaseLost
