"""Voices as the model takes them: found out once a recording, and how they are kept."""

from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from threading import Lock

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from deployments.zyphra.zonos.speaker import RecordingTooShort, SpeakerEncoder
from deployments.zyphra.zonos.speaker_network import LDA
from deployments.zyphra.zonos_speech.joining import FAINTEST
from pipeline.errors import VoiceLengthRefused, VoiceSilent
from pipeline.lesson import SAMPLE_RATE
from pipeline.media.inspect_voice import LONGEST_SECONDS, SHORTEST_SECONDS
from pipeline.media.sound import read_sound

HEARD_SECONDS = 60.0
"""Of a sample; more does not change what it sounds like."""
KEPT = 64
FORM = "zonos-speaker-1"
"""The name of the tensor in what is kept; goes up with its meaning."""


def pack(speaker: Tensor) -> bytes:
    """A voice [128] as bytes (safetensors: data only)."""
    return save({FORM: speaker.detach().cpu().float().contiguous()})


def unpack(learnt: bytes) -> Tensor | None:
    """The voice [128] in what ``pack`` gave; None if it is of another form or damaged."""
    try:
        speaker = load(learnt).get(FORM)
    except SafetensorError:
        return None
    usable = speaker is not None and speaker.shape == (LDA,) and bool(speaker.isfinite().all())
    return speaker if usable else None


def hear(encoder: SpeakerEncoder, recording: bytes) -> Tensor:
    """The voice [128] in a recording. Raises SoundUnreadable, VoiceSilent, VoiceLengthRefused."""
    sound = read_sound(recording, HEARD_SECONDS)
    if not len(sound) or float(abs(sound).max()) < FAINTEST:
        raise VoiceSilent
    try:
        return encoder.embed(torch.from_numpy(sound)[None], SAMPLE_RATE).cpu()
    except RecordingTooShort as error:
        seconds = round(len(sound) / SAMPLE_RATE, 1)
        raise VoiceLengthRefused(seconds, SHORTEST_SECONDS, LONGEST_SECONDS) from error


class Voices:
    """The voices of the recordings used last; ``listen`` finds one out."""

    def __init__(self, listen: Callable[[bytes], Tensor]) -> None:
        self._listen = listen
        self._voices: OrderedDict[bytes, Tensor] = OrderedDict()
        self._looking_up = Lock()

    def find(self, recording: bytes, learnt: bytes | None) -> Tensor:
        """The voice [128] of a recording, from what was learnt of it where that is given."""
        known = None if learnt is None else unpack(learnt)
        if known is not None:
            return known
        key = sha256(recording).digest()
        with self._looking_up:
            if key not in self._voices:
                self._voices[key] = self._listen(recording)
            self._voices.move_to_end(key)
            while len(self._voices) > KEPT:
                self._voices.popitem(last=False)
            return self._voices[key]
