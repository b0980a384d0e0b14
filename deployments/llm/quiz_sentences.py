"""What questions may be asked about: the sentences of each scene, and how many go to which."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.media.shown_words import PAUSE
from pipeline.sentences import sentences

FEWEST_WORDS = 5
LONGEST_SENTENCE = 400


@dataclass(frozen=True, slots=True)
class SceneSentences:
    """``count`` questions are to be asked about these sentences of scene ``index``."""

    index: int
    sentences: tuple[str, ...]
    count: int


def allotted(narrations: Sequence[str], questions: int) -> Iterator[SceneSentences]:
    """The questions spread over the scenes that say enough, the first ones getting what is over;
    none gets more than it has sentences."""
    told = [(index, statements(narration)) for index, narration in enumerate(narrations)]
    told = [(index, said) for index, said in told if said]
    counts = [0] * len(told)
    while sum(counts) < questions:
        before = sum(counts)
        for at, (_, said) in enumerate(told):
            if counts[at] < len(said) and sum(counts) < questions:
                counts[at] += 1
        if sum(counts) == before:
            break
    for (index, said), count in zip(told, counts, strict=True):
        if count:
            yield SceneSentences(index, said, count)


def statements(narration: str) -> tuple[str, ...]:
    """The sentences that say something one could ask for, without marks for the speaker."""
    found = sentences(PAUSE.sub(" ", narration))
    return tuple(
        said
        for said in found
        if len(said.split()) >= FEWEST_WORDS
        and len(said) <= LONGEST_SENTENCE
        and not said.endswith("?")
    )
