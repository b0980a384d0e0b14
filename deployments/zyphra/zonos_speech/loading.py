"""Zonos from its files, on the device there is, ready to narrate."""

from functools import partial
from pathlib import Path
from pickle import UnpicklingError

import torch
from safetensors import SafetensorError

from deployments.zyphra.alignment import align
from deployments.zyphra.zonos.batch import Batch
from deployments.zyphra.zonos.codec import Codec
from deployments.zyphra.zonos.conditioning import PHONEMES
from deployments.zyphra.zonos.loading import load_codec, load_speaker_encoder, load_zonos
from deployments.zyphra.zonos.model import Zonos
from deployments.zyphra.zonos.speaker import SpeakerEncoder
from deployments.zyphra.zonos_speech.batch_loop import NAME, BatchLoop
from deployments.zyphra.zonos_speech.files import checkpoint_folder, codec_folder, speaker_files
from deployments.zyphra.zonos_speech.judging import judge
from deployments.zyphra.zonos_speech.load import Report
from deployments.zyphra.zonos_speech.narrator import Narrator
from deployments.zyphra.zonos_speech.performance import Stage
from deployments.zyphra.zonos_speech.settings import ZonosSettings
from deployments.zyphra.zonos_speech.voices import Voices, hear
from pipeline.errors import EngineUnavailable

Parts = tuple[Zonos, Codec, SpeakerEncoder]


def load_narrator(models: Path, settings: ZonosSettings, device: str, report: Report) -> Narrator:
    """Raises EngineUnavailable when the files are not what they should be, or do not fit."""
    place = torch.device(device)
    model, codec, encoder = _load(models, settings, place)
    slots = settings.slots_on(device)
    loop = BatchLoop(partial(_batch, model, slots, settings.positions), report)
    return Narrator(Stage(loop, codec, place, judge), Voices(partial(hear, encoder)), align)


def _batch(model: Zonos, slots: int, positions: int) -> Batch:
    """Ready to step at once: on a GPU every shape of step has run."""
    batch = Batch(model, slots, positions)
    if model.device.type == "cuda":
        batch.warm_up()
    return batch


def _load(models: Path, settings: ZonosSettings, device: torch.device) -> Parts:
    precision: torch.dtype = getattr(torch, settings.precision_on(device.type))
    try:
        model = load_zonos(checkpoint_folder(models, settings.variant), device, precision)
        _require_unconditional(model)
        codec = load_codec(codec_folder(models), device)
        encoder = load_speaker_encoder(*speaker_files(models), device)
    except (ValueError, KeyError, OSError, SafetensorError, UnpicklingError) as error:
        # a wrong checkpoint, a configuration not understood, a damaged file
        raise EngineUnavailable(NAME, f"its files cannot be loaded: {error}") from error
    except torch.OutOfMemoryError as error:
        raise EngineUnavailable(NAME, "there is not enough GPU memory for it") from error
    return model, codec, encoder


def _require_unconditional(model: Zonos) -> None:
    """Guidance leaves out all conditions but the phonemes; each must have a form for that."""
    for conditioner in model.config.conditioners:
        if conditioner.name != PHONEMES and not conditioner.learned_unconditional:
            raise ValueError(f"the condition “{conditioner.name}” cannot be left out")
