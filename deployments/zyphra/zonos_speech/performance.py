"""One passage, spoken: conditions, codes from the batch, sound while they come, tries again."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, nullcontext
from dataclasses import dataclass, field
from hashlib import sha256

import torch
from torch import Tensor

from deployments.zyphra.spoken import Spoken
from deployments.zyphra.zonos.codec import HOP, Codec, SoundStream
from deployments.zyphra.zonos.conditions import Delivery, make_conditions
from deployments.zyphra.zonos.config import FRAMES_PER_SECOND
from deployments.zyphra.zonos.generate import MOST_FRAMES, Utterance, no_audio
from deployments.zyphra.zonos_speech.batch_loop import NAME, BatchLoop
from deployments.zyphra.zonos_speech.judging import LONGEST, SPARE_SECONDS, Judge, Take
from deployments.zyphra.zonos_speech.reader import Reader
from pipeline.errors import SpeechUnusable
from pipeline.lesson import Samples, Word

TRIES = 3
CHUNK_FRAMES = 43
"""Half a second. Chunks are always of this size, so that the same codes give the same bits."""

LEAST_BEFORE_SECONDS, MOST_BEFORE_SECONDS = 0.5, 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """The end of what was said before: its codes [9, n], and the words in them."""

    codes: Tensor = field(default_factory=no_audio)
    spoken: tuple[Spoken, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """What is to be said; ``what`` is it as it was written, for errors."""

    what: str
    spoken: tuple[Spoken, ...]
    seconds: float
    number: int
    before: Before


@dataclass(frozen=True, slots=True, eq=False)
class Performed:
    """Codes [9, frames] and sound, both without what was before; not trimmed."""

    codes: Tensor
    samples: Samples


def usual_frames(seconds: float) -> int:
    """The most frames that a passage of about so many seconds may take."""
    return min(MOST_FRAMES, round((LONGEST * seconds + SPARE_SECONDS) * FRAMES_PER_SECOND))


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """What a passage is spoken with."""

    loop: BatchLoop
    codec: Codec
    device: torch.device
    judge: Judge
    frames: Callable[[float], int] = usual_frames


async def perform(
    stage: Stage, lines: Lines, reader: Reader, delivery: Delivery, seed: int
) -> Performed:
    """Raises SpeechUnusable after TRIES, NothingToPhonemise, PassageTooLong, EngineFailed."""
    text = " ".join(word.text for word in (*lines.before.spoken, *lines.spoken))
    ids = await asyncio.to_thread(reader.ids, text)
    conditions = make_conditions(ids, delivery, stage.device)
    why: str | None = None
    for attempt in range(TRIES):
        ask = Utterance(
            conditions,
            lines.before.codes,
            stage.frames(lines.seconds),
            seed=try_seed(seed, lines.number, attempt),
        )
        performed, ended = await _spoken(stage, ask)
        why = await asyncio.to_thread(stage.judge, Take(performed.samples, lines.seconds, ended))
        if why is None:
            return performed
    raise SpeechUnusable(NAME, TRIES, why, lines.what)


async def rehearse(stage: Stage) -> None:
    """Half a second of sound in nobody's voice, unheard: what the first use makes is there then."""
    ids = await asyncio.to_thread(Reader("en-us", 15.0).ids, "Ready.")
    conditions = make_conditions(ids, Delivery(), stage.device)
    await _spoken(stage, Utterance(conditions, frames=CHUNK_FRAMES))


def try_seed(seed: int, passage: int, attempt: int) -> int:
    """Of its own for every try at every passage, from 0 to 2^63 - 1."""
    digest = sha256(f"{seed}/{passage}/{attempt}".encode()).digest()
    return int.from_bytes(digest[:8], "little") >> 1


async def _spoken(stage: Stage, ask: Utterance) -> tuple[Performed, bool]:
    """Codes decoded while the next ones are made; and whether there was an end of speech."""
    stream, decoding = SoundStream(stage.codec), Decoding(stage.device)
    made: list[Tensor] = []
    heard: list[Tensor] = []
    async with aclosing(stage.loop.speak(ask)) as pieces, aclosing(_chunks(pieces)) as chunks:
        async for chunk in chunks:
            made.append(chunk)
            heard.append(await asyncio.to_thread(decoding.run, stream.push, chunk))
    heard.append(await asyncio.to_thread(decoding.run, stream.finish))
    codes, sound = torch.cat([no_audio(), *made], 1), torch.cat(heard)
    before = ask.audio_prefix.shape[1]
    ended = codes.shape[1] < before + ask.frames
    return Performed(codes[:, before:], sound[before * HOP :].float().numpy()), ended


async def _chunks(pieces: AsyncGenerator[Tensor, None]) -> AsyncGenerator[Tensor, None]:
    """The same frames, CHUNK_FRAMES at a time; at the end those that are left."""
    waiting = no_audio()
    async for piece in pieces:
        waiting = torch.cat([waiting, piece.cpu()], 1)
        while waiting.shape[1] >= CHUNK_FRAMES:
            yield waiting[:, :CHUNK_FRAMES]
            waiting = waiting[:, CHUNK_FRAMES:]
    if waiting.shape[1]:
        yield waiting


class Decoding:
    """Runs the codec beside the batch: on a GPU in a stream of its own, so that neither waits for
    what the other has queued."""

    def __init__(self, device: torch.device) -> None:
        self._stream: torch.cuda.Stream | None = None
        if device.type == "cuda":
            self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]

    def run(self, decode: Callable[..., Tensor], *codes: Tensor) -> Tensor:
        with torch.cuda.stream(self._stream) if self._stream else nullcontext():
            return decode(*codes).cpu()


def ending(
    performed: Performed, spoken: Sequence[Spoken], words: Sequence[Word], skipped_seconds: float
) -> Before:
    """The last one or two seconds of a passage, from the start of a word, to go on from.

    ``words`` are the written words, timed in what is left of the sound without its first
    ``skipped_seconds``. Nothing if no word begins there.
    """
    end = words[-1].end_seconds
    for at, word in enumerate(words):
        if LEAST_BEFORE_SECONDS <= end - word.start_seconds <= MOST_BEFORE_SECONDS:
            first, last = (
                round((t + skipped_seconds) * FRAMES_PER_SECOND) for t in (word.start_seconds, end)
            )
            kept = tuple(each for each in spoken if each.source >= at)
            return Before(performed.codes[:, first:last], kept)
    return Before()
