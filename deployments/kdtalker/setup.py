"""How KDTalker is run on a machine: what its operator may choose."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Setup:
    """How the model is run. ``batch`` is in frames; ``on_cpu`` lets ``auto`` take the engine
    where there is no GPU."""

    device: Literal["auto", "cpu", "cuda"] = "auto"
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    batch: int | None = None
    encoder: Literal["auto", "libx264", "h264_nvenc"] = "auto"
    on_cpu: bool = False
