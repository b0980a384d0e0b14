"""Zonos on a device as it is run there: a batch of utterances from prefill to their last frame.

Beside it the same model step by step without graphs or compiled parts, and the time that reading
the weights, keys and values of a step takes at the bandwidth measured there.
"""

from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter

import torch
from torch import Tensor

from deployments.zyphra.zonos.batch import Batch
from deployments.zyphra.zonos.cache import bytes_a_row
from deployments.zyphra.zonos.codec import OFFICIAL, Codec, SoundStream, codec_config, codec_shapes
from deployments.zyphra.zonos.codec import make_codec as codec_from
from deployments.zyphra.zonos.conditions import Delivery, make_conditions
from deployments.zyphra.zonos.config import CODEBOOKS, EOS, FRAMES_PER_SECOND
from deployments.zyphra.zonos.generate import Utterance
from deployments.zyphra.zonos.model import BRANCHES, Zonos
from deployments.zyphra.zonos.slots import make_slots
from deployments.zyphra.zonos.standin import StandIn
from deployments.zyphra.zonos.stepping import EagerSteps, make_steps

PHONEMES = 150
"""About two sentences."""
TINY_CODEC = OFFICIAL | {"encoder_hidden_size": 4, "decoder_hidden_size": 32}
ROUNDS = 5
HEAD = (
    "batch   limit ms   step ms   of the limit   eager ms   x eager   "
    "x real time, each   together   first sound ms"
)


def compare(
    model: Zonos, weights: list[Tensor], batches: list[int], frames: int, full: bool
) -> None:
    """Prints a row a batch size. ``weights`` are what a step reads; ``full`` size of the codec."""
    # stand-in weights would end the speech anywhere: with a logit of 0 min-p always drops the end
    model.heads[EOS] = 0
    codec = make_codec(model.device, full)
    speed = bandwidth(weights, model.device)
    print(f"{where(model.device)}, {model.dtype}: weights are read at {speed / 1e9:.1f} GB/s")
    make_steps(model, make_slots(model, 1, 1))
    print(f"layers of a step: {model.backbone.step_form}")
    print(HEAD)
    for size in batches:
        fast = Work(model, size, frames, eager=False)
        took, sound = fast.step_seconds(), fast.first_sound(codec)
        del fast
        with torch.compiler.set_stance("force_eager"):
            plain = Work(model, size, frames, eager=True).step_seconds()
        limit = step_bytes(model, weights, size, frames) / speed
        real_time = 1 / took / FRAMES_PER_SECOND
        print(
            f"{size:5}   {1000 * limit:8.2f}   {1000 * took:7.2f}   {limit / took:12.0%}   "
            f"{1000 * plain:8.2f}   {plain / took:7.1f}   {real_time:17.2f}   "
            f"{size * real_time:8.1f}   {1000 * sound:14.0f}"
        )


class Work:
    """A batch that is warm, with all its places free."""

    def __init__(self, model: Zonos, size: int, frames: int, eager: bool) -> None:
        self._model, self._size, self._frames = model, size, frames
        positions = model.prefix_conditioner.length(self._ask(0).conditions) + frames + CODEBOOKS
        self._batch = Batch(model, size, positions + 1, EagerSteps if eager else make_steps)
        self._batch.warm_up()

    def step_seconds(self) -> float:
        """Of a step with all places taken: the time until all are done, over the steps, once with
        prefill and admission (not counted) over."""
        for number in range(self._size):
            self._batch.join(number, self._ask(number))
        while self._batch.size < self._size:
            self._batch.step()
        wait(self._model.device)
        start, steps = perf_counter(), 0
        while self._batch.size == self._size:
            self._batch.step()
            steps += 1
        wait(self._model.device)
        took = (perf_counter() - start) / steps
        self._drain()
        return took

    def first_sound(self, codec: Codec) -> float:
        """From asking to the first settled sound of an utterance that comes to a batch in which
        all other places are taken; the median."""
        times = []
        for _ in range(ROUNDS + 1):
            for number in range(1, self._size):
                self._batch.join(number, self._ask(number))
            while self._batch.size < self._size - 1:
                self._batch.step()
            times.append(self._heard(SoundStream(codec)))
            self._drain()
        return median(times[1:])

    def _heard(self, stream: SoundStream) -> float:
        start = perf_counter()
        self._batch.join("new", self._ask(0))
        while True:
            for piece in self._batch.step():
                if piece.key == "new" and len(stream.push(piece.codes).cpu()):
                    return perf_counter() - start

    def _drain(self) -> None:
        for key in ("new", *range(self._size)):
            self._batch.leave(key)

    def _ask(self, seed: int) -> Utterance:
        noise = torch.Generator().manual_seed(seed)
        ids = torch.randint(4, 189, (PHONEMES,), generator=noise).tolist()
        speaker = torch.randn(128, generator=noise)
        conditions = make_conditions(ids, Delivery(speaker=speaker), self._model.device)
        return Utterance(conditions, frames=self._frames, seed=seed)


def make_codec(device: torch.device, full: bool) -> Codec:
    config = codec_config(OFFICIAL if full else TINY_CODEC)
    return codec_from(StandIn(codec_shapes(config)), device, config)


def step_bytes(model: Zonos, weights: list[Tensor], size: int, frames: int) -> int:
    """What a step reads half-way through the utterances."""
    middle = PHONEMES + frames // 2
    cached = bytes_a_row(model.config.backbone, middle, model.dtype)
    return sum(weight.nbytes for weight in weights) + BRANCHES * size * cached


def bandwidth(weights: list[Tensor], device: torch.device) -> float:
    """Bytes a second at which the weights are read, by the sums of them."""
    flat = [weight.view(-1)[: weight.numel() // 8 * 8].view(torch.int64) for weight in weights]
    work = partial(_sums, flat)
    return sum(values.nbytes for values in flat) / min(_timed(work, device) for _ in range(ROUNDS))


def _sums(tensors: list[Tensor]) -> None:
    for values in tensors:
        values.sum()


def _timed(work: Callable[[], None], device: torch.device) -> float:
    wait(device)
    start = perf_counter()
    work()
    wait(device)
    return perf_counter() - start


def wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def where(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
