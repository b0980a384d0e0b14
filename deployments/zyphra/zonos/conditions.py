"""How an utterance is to be spoken, in the reader's terms, and as the conditioners' values."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from deployments.zyphra.zonos.conditioning import PHONEMES, Conditions
from deployments.zyphra.zonos.symbols import language_id

EMOTIONS = ("happiness", "sadness", "disgust", "fear", "surprise", "anger", "other", "neutral")
USUAL_EMOTION = (0.3077, 0.0256, 0.0256, 0.0256, 0.0256, 0.0256, 0.2564, 0.3077)
USUAL_QUALITY = (0.78,) * 8


@dataclass(frozen=True, slots=True, eq=False)
class Delivery:
    """How to speak (SPEC section 4, with its defaults). None leaves a thing to the model.

    ``speaker`` [128]; ``emotion``: eight weights in the order of EMOTIONS; ``fmax`` and
    ``pitch_std`` in hertz, ``speaking_rate`` in phonemes a second. The last four are the hybrid's:
    the quality of each eighth of the sound (0.5 to 0.8), how well it is said what is written, how
    good the recording sounds (1 to 5), and whether the speaker's sample was noisy.
    """

    language: str = "en-us"
    speaker: Tensor | None = None
    emotion: Sequence[float] | None = USUAL_EMOTION
    fmax: float | None = 22_050.0
    pitch_std: float | None = 20.0
    speaking_rate: float | None = 15.0
    vqscore_8: Sequence[float] | None = None
    ctc_loss: float | None = 0.0
    dnsmos_ovrl: float | None = None
    speaker_noised: bool | None = False


def make_conditions(
    phoneme_ids: Sequence[int], delivery: Delivery, device: torch.device
) -> Conditions:
    """The conditioners' values; nothing of ``delivery`` is changed. Raises LanguageUnknown."""
    conditions = {PHONEMES: torch.tensor(phoneme_ids, device=device)}
    for field in fields(delivery):
        value = getattr(delivery, field.name)
        if field.name == "language":
            conditions["language_id"] = torch.tensor([language_id(value)], device=device)
        elif value is not None:
            wanted = torch.as_tensor(value, dtype=torch.float32, device=device).flatten()
            conditions[field.name] = wanted
    if delivery.emotion is not None:
        conditions["emotion"] = conditions["emotion"] / conditions["emotion"].sum()
    return conditions
