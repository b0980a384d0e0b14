"""KDTalker from its official files: what it lacks, how it is named, and that it draws."""

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from deployments import licences, model_files
from deployments.kdtalker import weights
from deployments.kdtalker.kdtalker import loading
from deployments.kdtalker.kdtalker.meter import unmeasured
from deployments.kdtalker.kdtalker.standin import write_standins
from deployments.kdtalker.puppet import Puppet
from deployments.kdtalker.setup import Setup
from deployments.kdtalker.talking import Talking
from deployments.kdtalker.weights import Installed
from deployments.rack import Rack
from pipeline.engines import EngineCard, VideoEngine, VideoRequest
from pipeline.errors import DeviceMemoryFull, EngineUnavailable
from pipeline.lesson import Speech, VideoSpec
from pipeline.media.colour import to_rgb
from tests.kdtalker import StandInModel, StandInRenderer, standin_performer
from tests.portraits import MODELS, drawing, hum

ON_CPU = Setup(device="cpu")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with everything in it."""
    model_files.pull(["puppet"], MODELS, on_progress=lambda _: None)
    folder = tmp_path_factory.mktemp("models")
    (folder / "face").symlink_to(MODELS / "face")
    write_standins(loading.FILES, folder / "kdtalker")
    yield folder
    for file in loading.FILES:
        (folder / "kdtalker" / file.places[0]).unlink()


@pytest.fixture(autouse=True)
def _accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand-ins have neither the sizes of the manifest nor a licence."""
    monkeypatch.setattr(licences, "missing_for", lambda *_: None)


def request(engine: str, frames: int = 2) -> VideoRequest:
    return VideoRequest(drawing(), Speech(hum(frames / 25)), VideoSpec(), engine=engine)


def talking(models: Path, setup: Setup = ON_CPU) -> Talking:
    return Talking(models, Installed(models, setup, unmeasured), unmeasured)


def card(engine: Talking, name: str = "kdtalker") -> EngineCard:
    return asyncio.run(engine.card(request(name)))


async def clip(engine: VideoEngine, ask: VideoRequest) -> bytes:
    return b"".join([piece.bytes_ async for piece in engine.animate(ask)])


def test_asked_for_by_name_it_draws_on_a_processor(models: Path) -> None:
    made = asyncio.run(clip(talking(models), request("kdtalker")))
    with av.open(io.BytesIO(made)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    still = to_rgb(next(Puppet(models).pictures(request("puppet", 1))))
    assert [frame.shape for frame in frames] == [still.shape] * 2
    # stand-in weights paint no face, but only where the face is
    change = np.abs(frames[0].astype(int) - still).max(-1)
    assert change[-60:].mean() < 3
    assert change[:, :60].mean() < 3
    assert change.max() > 60


def test_auto_leaves_it_alone_without_a_gpu_unless_told_otherwise(models: Path) -> None:
    plain, told = talking(models), talking(models, Setup(device="cpu", on_cpu=True))

    async def chosen(engine: Talking, name: str) -> str:
        rack: Rack[VideoRequest, VideoEngine] = Rack([engine, Puppet(models)])
        return (await rack.card(request(name))).name

    assert asyncio.run(chosen(plain, "auto")) == "puppet"
    assert asyncio.run(chosen(plain, "kdtalker")) == "kdtalker"
    assert asyncio.run(chosen(told, "auto")) == "kdtalker"
    assert "a GPU" in str(card(plain, "auto").missing)


def test_its_version_names_files_precision_and_encoder(models: Path, tmp_path: Path) -> None:
    version = card(talking(models)).version
    assert version == card(talking(models)).version
    assert version.endswith("-float32-libx264")
    half = Setup(device="cpu", dtype="bfloat16")
    assert card(talking(models, half)).version == version.replace("float32", "bfloat16")
    (tmp_path / "face").symlink_to(MODELS / "face")
    (tmp_path / "kdtalker").mkdir()
    (tmp_path / "kdtalker" / "KDTalker.pth").write_bytes(b"other weights")
    assert card(talking(tmp_path)).version != version


def test_files_that_are_wrong_are_named_and_stay_in_the_card(tmp_path: Path) -> None:
    (tmp_path / "face").symlink_to(MODELS / "face")
    (tmp_path / "kdtalker").mkdir()
    (tmp_path / "kdtalker" / "KDTalker.pth").write_bytes(b"no weights")
    engine = talking(tmp_path, Setup(device="cpu", on_cpu=True))
    assert card(engine).missing is None
    engine.prepare()
    said = "KDTalker.pth is cut off or holds no weights."
    assert card(engine).missing == said
    with pytest.raises(EngineUnavailable, match=said.replace(".", r"\.")):
        asyncio.run(clip(engine, request("kdtalker")))


def test_what_is_not_pulled_or_accepted_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        weights.licences, "missing_for", lambda *_: "the acceptance of its licences"
    )
    assert card(talking(tmp_path)).missing == "the acceptance of its licences"
    monkeypatch.setattr(weights, "find_spec", lambda _: None)
    monkeypatch.setattr(weights.licences, "missing_for", lambda *_: None)
    assert "lectern[models]" in str(card(talking(tmp_path)).missing)


def test_a_full_device_is_an_error_that_is_tried_again() -> None:
    performer = standin_performer(StandInRenderer(full_from=1))
    engine = Talking(MODELS, StandInModel(performer), unmeasured)
    with pytest.raises(DeviceMemoryFull) as caught:
        asyncio.run(clip(engine, request("kdtalker")))
    assert caught.value.retryable
    performer.close()
