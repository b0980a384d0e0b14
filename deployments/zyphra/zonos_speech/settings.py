"""What an operator may say about Zonos."""

from dataclasses import dataclass
from typing import Literal

Variant = Literal["transformer", "hybrid"]
Precision = Literal["auto", "bfloat16", "float32"]

SLOTS_ON_GPU, SLOTS_ON_CPU = 16, 2


@dataclass(frozen=True, slots=True)
class ZonosSettings:
    """``precision`` auto: bfloat16 on a GPU, float32 on a CPU. ``slots``: the most utterances in
    the batch; None: as many as usual for the device. ``positions``: phonemes and frames that one
    utterance may have together. ``on_cpu``: whether ``auto`` may take Zonos without a GPU."""

    variant: Variant = "transformer"
    precision: Precision = "auto"
    slots: int | None = None
    positions: int = 4096
    on_cpu: bool = False

    def precision_on(self, device: str) -> str:
        if self.precision != "auto":
            return self.precision
        return "float32" if device == "cpu" else "bfloat16"

    def slots_on(self, device: str) -> int:
        return self.slots or (SLOTS_ON_CPU if device == "cpu" else SLOTS_ON_GPU)
