"""Zonos as an engine, small and with stand-in weights: it speaks noise, but by all the rules."""

from collections.abc import Callable
from functools import cache, partial
from hashlib import sha256
from pathlib import Path

import torch

from deployments.model_manifest import load_manifest
from deployments.model_records import Record, write_record
from deployments.zyphra.alignment import align
from deployments.zyphra.zonos.batch import Batch
from deployments.zyphra.zonos.codec import (
    SAMPLE_RATE,
    Codec,
    codec_config,
    codec_shapes,
    make_codec,
)
from deployments.zyphra.zonos.config import FRAMES_PER_SECOND
from deployments.zyphra.zonos.speaker import (
    LDA_SHAPES,
    SpeakerEncoder,
    make_speaker_encoder,
    network_shapes,
)
from deployments.zyphra.zonos.standin import StandIn
from deployments.zyphra.zonos_speech.batch_loop import BatchLoop
from deployments.zyphra.zonos_speech.engine import Zonos, unheard
from deployments.zyphra.zonos_speech.judging import Judge, Take
from deployments.zyphra.zonos_speech.load import Report
from deployments.zyphra.zonos_speech.narrator import Narrator
from deployments.zyphra.zonos_speech.performance import Stage
from deployments.zyphra.zonos_speech.settings import ZonosSettings
from deployments.zyphra.zonos_speech.voices import Voices, hear
from tests.zonos import CPU, tiny_model

TINY_CODEC = {"sampling_rate": SAMPLE_RATE, "encoder_hidden_size": 4, "decoder_hidden_size": 16}
SLOTS, POSITIONS = 4, 1024


@cache
def tiny_codec() -> Codec:
    torch.set_num_threads(1)
    config = codec_config(TINY_CODEC)
    quiet = [(r"^decoder\.conv2\.", 0.05)]
    return make_codec(StandIn(codec_shapes(config), 0, quiet), CPU, config)


@cache
def tiny_encoder() -> SpeakerEncoder:
    torch.set_num_threads(1)
    quiet = [(r"\.bn2\.(weight|bias)$", 0.2)]
    return make_speaker_encoder(
        StandIn(network_shapes(4), 0, quiet), StandIn(LDA_SHAPES), CPU, planes=4
    )


def any_take(take: Take) -> str | None:
    """Noise is as good as any other noise."""
    return None


def few_frames(seconds: float) -> int:
    """An eighth of the frames that speech would take, so that tests are quick."""
    return max(12, round(seconds * FRAMES_PER_SECOND / 8))


def tiny_batch(slots: int = SLOTS) -> Batch:
    return Batch(tiny_model(), slots, POSITIONS)


class SmallZonos(Zonos):
    """The engine itself, over files that are there and hold nothing."""

    def __init__(self, models: Path, settings: ZonosSettings | None = None) -> None:
        put_files(models)
        super().__init__(models, settings or ZonosSettings(on_cpu=True), load=_load)


def put_files(models: Path) -> None:
    """Files of the usual variant with nothing in them, as if they had been pulled."""
    for file in load_manifest().needed_by(["zonos"], "transformer"):
        place = file.place(models)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"-")
        put_record(models, file.path)


def put_record(models: Path, path: str) -> None:
    """Writes down what stands there as what was pulled."""
    (file,) = (file for file in load_manifest().hub if file.path == path)
    source, content = file.sources[0], file.place(models).read_bytes()
    record = {
        "repository": source.repository,
        "file": source.file,
        "asked": source.revision,
        "commit": "0" * 40,
        "bytes": len(content),
        "sha256": sha256(content).hexdigest(),
    }
    write_record(models, path, Record.model_validate(record))


def _load(models: Path, settings: ZonosSettings, device: str, report: Report) -> Narrator:
    return tiny_narrator(report=report)


def tiny_narrator(
    judge: Judge = any_take,
    frames: Callable[[float], int] = few_frames,
    report: Report = unheard,
    loop: BatchLoop | None = None,
    most_seconds: float = 20.0,
) -> Narrator:
    """Its thread runs until it is closed."""
    loop = loop or BatchLoop(tiny_batch, report)
    stage = Stage(loop, tiny_codec(), CPU, judge, frames)
    return Narrator(stage, Voices(partial(hear, tiny_encoder())), align, most_seconds)
