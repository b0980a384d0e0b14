"""The deployment that draws: who is chosen, and what the dashboard is told."""

import asyncio
from pathlib import Path

import numpy as np
import pytest
from ray.serve import metrics as serve_metrics

from deployments import model_files
from deployments.kdtalker.deployment import KDTalkerReplica
from deployments.kdtalker.metrics import DrawingMetrics
from deployments.kdtalker.puppet import tracks
from deployments.kdtalker.setup import Setup
from deployments.kdtalker.talking import Talking
from pipeline.engines import VideoRequest
from pipeline.errors import EngineUnavailable
from pipeline.lesson import Speech, VideoSpec
from serve.settings import Settings, kdtalker_setup
from tests.kdtalker import StandInModel, StandInRenderer, standin_performer
from tests.portraits import MODELS, drawing, hum


class Recorder:
    """In place of one of Ray's metrics."""

    totals: dict[str, list[float]]

    def __init__(self, name: str, *_: object, **__: object) -> None:
        self._values = self.totals.setdefault(name, [])

    def inc(self, value: float) -> None:
        self._values.append(value)

    observe = inc


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[float]]:
    monkeypatch.setattr(Recorder, "totals", {}, raising=False)
    for kind in ("Counter", "Histogram"):
        monkeypatch.setattr(serve_metrics, kind, Recorder)
    return Recorder.totals


def ask(engine: str = "auto", frames: int = 60, **video: object) -> VideoRequest:
    spec = VideoSpec.model_validate(video)
    return VideoRequest(drawing(), Speech(hum(frames / 25)), spec, engine=engine)


def test_without_its_files_auto_is_the_puppet_and_its_name_is_refused(tmp_path: Path) -> None:
    model_files.pull(["puppet"], MODELS, on_progress=lambda _: None)
    (tmp_path / "face").symlink_to(MODELS / "face")
    replica = KDTalkerReplica(tmp_path, Setup())
    assert asyncio.run(replica.card(ask())).name == "puppet"
    with pytest.raises(EngineUnavailable, match="lectern models pull kdtalker"):
        asyncio.run(replica.card(ask("kdtalker")))


def test_frames_batches_and_encoding_are_measured(recorded: dict[str, list[float]]) -> None:
    model_files.pull(["puppet"], MODELS, on_progress=lambda _: None)
    metrics = DrawingMetrics()
    performer = standin_performer(StandInRenderer(), batch=4, meter=metrics.drawn)
    engine = Talking(MODELS, StandInModel(performer), metrics.encoded)

    async def take() -> None:
        async for _ in engine.animate(ask()):
            pass

    asyncio.run(take())
    performer.close()
    assert sum(recorded["lectern_kdtalker_frames"]) == 60
    assert sum(recorded["lectern_kdtalker_batch"]) == 60
    assert max(recorded["lectern_kdtalker_batch"]) <= 4
    assert sum(recorded["lectern_kdtalker_draw_seconds"]) > 0
    assert sum(recorded["lectern_kdtalker_encoded_frames"]) == 60
    assert sum(recorded["lectern_kdtalker_encode_seconds"]) > 0


def test_settings_reach_the_deployment() -> None:
    given = {"device": "cuda", "dtype": "float16", "batch": 32, "on_cpu": True}
    settings = Settings(**{f"kdtalker_{name}": value for name, value in given.items()})  # type: ignore[arg-type]
    assert kdtalker_setup(settings) == Setup(**given)  # type: ignore[arg-type]
    assert kdtalker_setup(Settings()) == Setup()


def test_the_puppet_moves_its_head_as_far_as_is_asked_and_its_lips_as_ever() -> None:
    (mouth, once, _), (same, twice, _), (_, still, _) = (
        tracks(ask(motion=motion)) for motion in (1.0, 2.0, 0.0)
    )
    np.testing.assert_array_equal(mouth, same)
    np.testing.assert_allclose(twice, once * 2)
    assert np.abs(once).max() > 0.1
    assert not still.any()
