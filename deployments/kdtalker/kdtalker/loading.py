"""The official files, read as data only and taken apart to the last key (SPEC 0)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

from deployments.kdtalker.kdtalker.appearance import AppearanceExtractor
from deployments.kdtalker.kdtalker.faults import WeightsDoNotFit as WeightsDoNotFit
from deployments.kdtalker.kdtalker.faults import WeightsMissing as WeightsMissing
from deployments.kdtalker.kdtalker.faults import WeightsUnreadable as WeightsUnreadable
from deployments.kdtalker.kdtalker.generator import Generator
from deployments.kdtalker.kdtalker.motion_extractor import MotionExtractor
from deployments.kdtalker.kdtalker.point import PointModel
from deployments.kdtalker.kdtalker.retargeting import Retargeting
from deployments.kdtalker.kdtalker.warping import Warping
from deployments.kdtalker.kdtalker.wav2lip import AudioEncoder

Net = TypeVar("Net", bound=nn.Module)
State = Mapping[str, Tensor]
LIVE_PORTRAIT = ("pretrained_weights/liveportrait", "liveportrait")
"""KDTalker's repository keeps LivePortrait's files in the first folder, LivePortrait's own in the
second."""


@dataclass(frozen=True, slots=True)
class OfficialFile(Generic[Net]):
    """``places`` below the model's folder, the usual one first. The weights are in ``entry`` of
    what the file holds (None: all of it); their keys are those of ``net`` after ``prefix``.
    Of a file that holds other nets too, only keys with ``only`` in them are read; ``nested`` ones
    have a state dict for each of their parts."""

    places: tuple[str, ...]
    net: Callable[[], Net]
    entry: str | None = None
    prefix: str = ""
    only: str = ""
    nested: bool = False

    @property
    def name(self) -> str:
        return self.places[0].rpartition("/")[2]

    def find(self, folder: Path) -> Path | None:
        return next((folder / place for place in self.places if (folder / place).is_file()), None)

    def load(self, folder: Path) -> Net:
        """The net in float32, ready to run. Raises what ``read`` raises."""
        return self.build(self.read(folder))

    def read(self, folder: Path) -> dict[str, Tensor]:
        """Every weight under its official key.

        Raises WeightsMissing, WeightsUnreadable, WeightsDoNotFit.
        """
        path = self.find(folder)
        if path is None:
            raise WeightsMissing(self.places)
        try:
            content = torch.load(path, map_location="cpu", weights_only=True)
        except (RuntimeError, UnpicklingError, EOFError) as error:
            raise WeightsUnreadable(self.name) from error
        return self.unpack(content)

    def unpack(self, content: Mapping[str, Any]) -> dict[str, Tensor]:
        if self.entry is not None:
            if self.entry not in content:
                raise WeightsDoNotFit(self.name, [self.entry], [], [])
            content = content[self.entry]
        return {key: value for key, value in _flat(content) if self.only in key}

    def pack(self, state: State) -> dict[str, Any]:
        """What a file with these weights holds: ``unpack`` the other way round."""
        if self.entry is not None:
            return {self.entry: dict(state)}
        if not self.nested:
            return dict(state)
        packed: dict[str, dict[str, Tensor]] = {}
        for key, value in state.items():
            entry, _, name = key.partition(".")
            packed.setdefault(entry, {})[name] = value
        return dict(packed)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Official key to shape, for all that the net needs."""
        with torch.device("meta"):
            state = self.net().state_dict()
        return {self.prefix + key: tuple(value.shape) for key, value in state.items()}

    def build(self, state: State) -> Net:
        """The net with these weights in float32. Raises WeightsDoNotFit."""
        self._check(state)
        with torch.device("meta"):
            net = self.net()
        held = {key.removeprefix(self.prefix): _single(value) for key, value in state.items()}
        net.load_state_dict(held, assign=True)
        net.eval().requires_grad_(False)
        return net

    def _check(self, state: State) -> None:
        wanted = self.shapes()
        missing = sorted(wanted.keys() - state.keys())
        extra = sorted(state.keys() - wanted.keys())
        shared = wanted.keys() & state.keys()
        misshapen = sorted(key for key in shared if tuple(state[key].shape) != wanted[key])
        if missing or extra or misshapen:
            raise WeightsDoNotFit(self.name, missing, extra, misshapen)


def _live_portrait(
    place: str, net: Callable[[], Net], prefix: str = "", nested: bool = False
) -> OfficialFile[Net]:
    places = tuple(f"{folder}/{place}" for folder in LIVE_PORTRAIT)
    return OfficialFile(places, net, None, prefix, nested=nested)


POINT = OfficialFile(("KDTalker.pth",), PointModel, "model", "point_model.model.")
ENCODER = OfficialFile(
    ("ckpts/wav2lip.pth",), AudioEncoder, "state_dict", "module.", only="audio_encoder"
)
APPEARANCE = _live_portrait("base_models/appearance_feature_extractor.pth", AppearanceExtractor)
MOTION = _live_portrait("base_models/motion_extractor.pth", MotionExtractor, "detector.")
WARPING = _live_portrait("base_models/warping_module.pth", Warping)
GENERATOR = _live_portrait("base_models/spade_generator.pth", Generator)
RETARGETING = _live_portrait(
    "retargeting_models/stitching_retargeting_module.pth", Retargeting, nested=True
)
FILES: tuple[OfficialFile[Any], ...] = (
    POINT,
    ENCODER,
    APPEARANCE,
    MOTION,
    WARPING,
    GENERATOR,
    RETARGETING,
)


def missing(folder: Path) -> tuple[str, ...]:
    """The usual places of the official files that are not there."""
    return tuple(file.places[0] for file in FILES if file.find(folder) is None)


def _flat(content: Mapping[str, Any]) -> Iterable[tuple[str, Tensor]]:
    """The stitching file holds one state dict a net, its keys after ``module.``."""
    for key, value in content.items():
        if isinstance(value, Mapping):
            for inner, weight in value.items():
                yield f"{key}.{inner.removeprefix('module.')}", weight
        else:
            yield key, value


def _single(value: Tensor) -> Tensor:
    return value.float() if value.is_floating_point() else value
