"""How well a spoken consent is told from other speech and other voices, on synthetic voices.

``python -m bench.consent MODELS``: each voice reads a sample, a statement with words drawn at
random, a denial of it, and something else; each statement is compared with every voice's sample.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import process_time

import numpy as np
import soxr
from rich.console import Console
from rich.table import Table

from deployments.zyphra.builtin import Builtin
from deployments.zyphra.consent_check import ALIKE, UNLIKE
from deployments.zyphra.kokoro import Kokoro, StyledVoice
from deployments.zyphra.likeness import SpeakerEncoder, Vector
from deployments.zyphra.speaking import narrate, read_request
from deployments.zyphra.style_map import load_map
from pipeline.engines import SpeechRequest
from pipeline.lesson import SAMPLE_RATE, Samples, join_speech
from pipeline.media.heard_words import hear
from pipeline.spoken_consent import COUNT, ENOUGH, LANGUAGES, statement

ENGLISH = LANGUAGES["en"]
SAMPLE = (
    "My grandmother kept bees behind the old barn. Every autumn we carried the honey down to the "
    "village and sold it from a wooden table."
)
OTHER = (
    "The sun gives us light and heat every day. Water turns into steam when it gets very hot. "
    "People ask why the sky is blue in the morning."
)
SHIPPED, MIXED, MIXED_FROM = 5, 3, 60
HEIGHTS = (0.8, 1.0, 1.2)
"""Of the built-in voice: the same words, a larger or smaller speaker."""


def voices(models: Path) -> Iterator[tuple[str, object, float]]:
    built_in = Builtin().load()
    for height in HEIGHTS:
        yield f"built-in, height {height}", built_in, height
    kokoro, styles = Kokoro(models / "kokoro"), load_map().styles
    for at in (*range(SHIPPED), *range(MIXED_FROM, MIXED_FROM + MIXED)):
        yield f"kokoro, style {at}", StyledVoice(kokoro, styles[at], 1.0), 1.0


def say(voice: object, height: float, text: str) -> Samples:
    task = read_request("builtin", SpeechRequest(text, speaking_rate=13.0))
    sound = join_speech(list(narrate(voice, task))).samples  # type: ignore[arg-type]
    return np.asarray(soxr.resample(sound, SAMPLE_RATE * height, SAMPLE_RATE), np.float32)


def main() -> None:
    models = Path(sys.argv[1])
    encoder = SpeakerEncoder(models / "resemblyzer" / "pretrained.pt")
    words = Table("voice", f"words heard of {COUNT}", "denial told", "other speech", "cpu s")
    samples: list[Vector] = []
    statements: list[Vector] = []
    draw = Random(7)
    for name, voice, height in voices(models):
        asked = draw.sample(ENGLISH.words, COUNT)
        said = say(voice, height, statement("en", asked))
        start = process_time()
        heard = hear(said, ENGLISH)
        seconds = process_time() - start
        denied = statement("en", asked).replace("I agree", "I do not agree")
        words.add_row(
            name,
            f"{right(asked, heard.words)}{'' if heard.agreed else ', denied'}",
            "no" if hear(say(voice, height, denied), ENGLISH).agreed else "yes",
            str(right(asked, hear(say(voice, height, OTHER), ENGLISH).words)),
            f"{seconds:.2f}",
        )
        samples.append(encoder.embed(say(voice, height, SAMPLE), SAMPLE_RATE))
        statements.append(encoder.embed(said, SAMPLE_RATE))
    words.caption = f"{ENOUGH} are enough"
    console = Console()
    console.print(words, likenesses(np.stack(statements) @ np.stack(samples).T))


def right(asked: list[str], heard: tuple[str, ...]) -> int:
    return sum(one == other for one, other in zip(asked, heard, strict=False))


def likenesses(found: np.ndarray) -> Table:
    """Of every statement with every sample: the diagonal is the same voice."""
    same = np.eye(len(found), dtype=bool)
    table = Table("", "pairs", "least", "mean", "most", f"≥ {ALIKE}", f"< {UNLIKE}")
    for name, pairs in (("same voice", found[same]), ("different voices", found[~same])):
        told = (pairs.min(), pairs.mean(), pairs.max())
        shares = ((pairs >= ALIKE).mean(), (pairs < UNLIKE).mean())
        table.add_row(
            name,
            str(len(pairs)),
            *(f"{each:.3f}" for each in told),
            *(f"{each:.0%}" for each in shares),
        )
    return table


if __name__ == "__main__":
    main()
