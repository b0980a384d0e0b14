"""The sampler: 50 steps of DDIM (arXiv:2010.02502) without noise of their own (SPEC 4.3, 4.4)."""

from collections.abc import Iterator

import torch
from torch import Tensor

from deployments.kdtalker.kdtalker.point import AUDIO_WIDTH, LEADING_TOKENS, NUMBERS, PointModel

FRAMES = 64
"""In one window."""
TRAINING_STEPS, STEPS = 1000, 50
FIRST_BETA, LAST_BETA = 1e-5, 8e-3


def timesteps() -> list[int]:
    """980, 960, ..., 0"""
    stride = TRAINING_STEPS // STEPS
    return list(range(TRAINING_STEPS - stride, -1, -stride))


def alphas() -> Tensor:
    """What is left of the signal's variance after each training step: [1000], float32."""
    betas = torch.linspace(FIRST_BETA, LAST_BETA, TRAINING_STEPS, dtype=torch.float32)
    return torch.cumprod(1 - betas, 0)


class Sampler:
    """Holds what is the same for every clip. ``model`` must stay as it is."""

    def __init__(self, model: PointModel) -> None:
        self._model = model
        device = model.output_projection.weight.device
        with torch.inference_mode():
            self._times = model.time_part(torch.tensor(timesteps(), device=device))
        self._alphas = alphas()

    def sample(self, origin: Tensor, reference: Tensor, heard: Tensor, noise: Tensor) -> Tensor:
        """One window for each of B clips: normalised motion [B, 64, 70].

        ``origin`` and ``reference`` are tokens [B, 70], ``heard`` audio features [B, 64, 512],
        ``noise`` [B, 64, 70].
        """
        x = noise
        for state in self.states(origin, reference, heard, noise):
            x = state
        return x

    @torch.inference_mode()
    def states(
        self, origin: Tensor, reference: Tensor, heard: Tensor, noise: Tensor
    ) -> Iterator[Tensor]:
        """What is left after each of the 50 steps."""
        leading = torch.stack([origin, reference], 1)
        silence = heard.new_zeros(heard.shape[0], LEADING_TOKENS, AUDIO_WIDTH)
        audio = self._model.audio_part(torch.cat([silence, heard], 1))
        x = noise
        for step, timestep in enumerate(timesteps()):
            tokens = torch.cat([leading, x], 1)
            conditions = audio + self._times[:, step : step + 1]
            predicted = self._model.denoise(tokens, conditions)[:, LEADING_TOKENS:]
            x = self._less_noise(x, predicted, timestep)
            yield x

    def _less_noise(self, x: Tensor, predicted: Tensor, timestep: int) -> Tensor:
        now, before = self._alphas[timestep], self._before(timestep)
        clean = (x - (1 - now).sqrt() * predicted) / now.sqrt()
        return before.sqrt() * clean + (1 - before).sqrt() * predicted

    def _before(self, timestep: int) -> Tensor:
        previous = timestep - TRAINING_STEPS // STEPS
        return self._alphas[previous] if previous >= 0 else torch.ones(())


def window_noise(seed: int, window: int) -> Tensor:
    """[1, 64, 70], the same on every machine, whatever windows came before.

    Upstream draws three numbers for each and keeps the first; so do we, to start from its noise.
    """
    random = torch.Generator().manual_seed(seed * 1_000_003 + window)
    return torch.randn(1, FRAMES, NUMBERS, 3, generator=random)[..., 0]
