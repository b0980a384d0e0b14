"""How well a spoken consent is told from other speech and other voices, on synthetic voices.

``python -m bench.consent MODELS``: each voice reads a sample, a statement with words drawn at
random, a denial of it, and something else; each statement is compared with every voice's sample.
Three styles of Kokoro take about two minutes of a processor, all (``--styles 8``) about five.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import process_time

import numpy as np
import soxr
from rich.console import Console
from rich.progress import track
from rich.table import Table

from deployments.zyphra.builtin import Builtin
from deployments.zyphra.consent_check import ALIKE, UNLIKE
from deployments.zyphra.kokoro import Kokoro, StyledVoice
from deployments.zyphra.likeness import SpeakerEncoder, Vector
from deployments.zyphra.speaking import narrate, read_request
from deployments.zyphra.style_map import load_map
from deployments.zyphra.utterance import Voice
from pipeline.engines import SpeechRequest
from pipeline.lesson import SAMPLE_RATE, Samples, join_speech
from pipeline.media.heard_words import hear
from pipeline.spoken_consent import COUNT, ENOUGH, LANGUAGES, statement

ENGLISH = LANGUAGES["en"]
SAMPLE = (
    "My grandmother kept bees behind the old barn. Every autumn we carried the honey down to the "
    "village and sold it from a wooden table."
)
OTHER = "The sun gives us light and heat. People ask why the sky is blue in the morning."
STYLES = (0, 60, 3, 1, 61, 2, 62, 4)
"""Of Kokoro's map: those below 5 came with it, the others are mixed of them."""
HEIGHTS = (0.8, 1.0, 1.2)
"""Of the built-in voice: the same words, a larger or smaller speaker."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """``height``: of the same voice, a larger or smaller speaker."""

    name: str
    voice: Voice
    height: float = 1.0

    def say(self, text: str) -> Samples:
        task = read_request("builtin", SpeechRequest(text, speaking_rate=13.0))
        sound = join_speech(list(narrate(self.voice, task))).samples
        return np.asarray(soxr.resample(sound, SAMPLE_RATE * self.height, SAMPLE_RATE), np.float32)


@dataclass(frozen=True, slots=True)
class Told:
    """What is made of one speaker: words heard of those asked for, of other speech, and how the
    statement and the sample sound."""

    name: str
    right: int
    agreed: bool
    denied: bool
    other: int
    seconds: float
    statement: Vector
    sample: Vector


def speakers(models: Path, styles: int) -> Iterator[Speaker]:
    built_in = Builtin().load()
    for height in HEIGHTS:
        yield Speaker(f"built-in, height {height}", built_in, height)
    kokoro, known = Kokoro(models / "kokoro"), load_map().styles
    for at in STYLES[:styles]:
        yield Speaker(f"kokoro, style {at}", StyledVoice(kokoro, known[at], 1.0))


def listen_to(speaker: Speaker, encoder: SpeakerEncoder, asked: list[str]) -> Told:
    said = speaker.say(statement("en", asked))
    start = process_time()
    heard = hear(said, ENGLISH)
    seconds = process_time() - start
    denial = statement("en", asked).replace("I agree", "I do not agree")
    return Told(
        speaker.name,
        right(asked, heard.words),
        heard.agreed,
        not hear(speaker.say(denial), ENGLISH).agreed,
        right(asked, hear(speaker.say(OTHER), ENGLISH).words),
        seconds,
        encoder.embed(said, SAMPLE_RATE),
        encoder.embed(speaker.say(SAMPLE), SAMPLE_RATE),
    )


def right(asked: list[str], heard: tuple[str, ...]) -> int:
    return sum(one == other for one, other in zip(asked, heard, strict=False))


def words(told: list[Told]) -> Table:
    table = Table("voice", f"words heard of {COUNT}", "denial told", "other speech", "cpu s")
    table.caption = f"{ENOUGH} are enough"
    for each in told:
        table.add_row(
            each.name,
            f"{each.right}{'' if each.agreed else ', denied'}",
            "yes" if each.denied else "no",
            str(each.other),
            f"{each.seconds:.2f}",
        )
    return table


def likenesses(told: list[Told]) -> Table:
    """Of every statement with every sample: the diagonal is the same voice."""
    found = np.stack([one.statement for one in told]) @ np.stack([one.sample for one in told]).T
    same = np.eye(len(found), dtype=bool)
    table = Table("", "pairs", "least", "mean", "most", f"≥ {ALIKE}", f"< {UNLIKE}")
    for name, pairs in (("same voice", found[same]), ("different voices", found[~same])):
        levels = (pairs.min(), pairs.mean(), pairs.max())
        shares = ((pairs >= ALIKE).mean(), (pairs < UNLIKE).mean())
        table.add_row(
            name,
            str(len(pairs)),
            *(f"{each:.3f}" for each in levels),
            *(f"{each:.0%}" for each in shares),
        )
    return table


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("models", type=Path, help="with kokoro and resemblyzer, as pulled")
    options.add_argument("--styles", type=int, default=3, help=f"of Kokoro, up to {len(STYLES)}")
    asked = options.parse_args()
    encoder = SpeakerEncoder(asked.models / "resemblyzer" / "pretrained.pt")
    draw, known = Random(7), list(speakers(asked.models, asked.styles))
    told = [
        listen_to(each, encoder, draw.sample(ENGLISH.words, COUNT))
        for each in track(known, "Voices", console=Console(stderr=True))
    ]
    Console().print(words(told), likenesses(told))


if __name__ == "__main__":
    main()
