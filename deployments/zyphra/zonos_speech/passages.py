"""A narration in passages: as many sentences of a paragraph as are spoken at once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from deployments.zyphra.narration import BETWEEN_PARAGRAPHS_SECONDS, Part, Pause, Sentence
from deployments.zyphra.sentences import AFTER_CLAUSE_SECONDS, CLAUSE_END

MOST_SECONDS = 20.0
"""By what is expected. The model has learned from recordings of up to 30 s, and voices differ in
their pace."""
FIRST_SECONDS = 1.5
"""The first passage ends with the sentence that reaches this, so that it is soon heard; what is
shorter gives a voice too little to go by."""

Seconds = Callable[[Sequence[str]], float]
"""How long words take to say."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences to be spoken at once, one or more; ``follows``: it goes on in the paragraph of the
    passage before it."""

    sentences: tuple[Sentence, ...]
    follows: bool

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(word for sentence in self.sentences for word in sentence.words)

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def pause_seconds(self) -> float:
        """The rest after it."""
        return self.sentences[-1].pause_seconds


def cut_passages(
    parts: Sequence[Part], seconds: Seconds, most_seconds: float = MOST_SECONDS
) -> Iterator[Passage | Pause]:
    """Passages of at most ``most_seconds`` by ``seconds``, and the pauses between them; the first
    passage is short."""
    cut = _Cut()
    for part in parts:
        if isinstance(part, Pause):
            yield from cut.passage()
            yield part
            continue
        for sentence in shortened(part, seconds, most_seconds):
            more = seconds(sentence.words)
            if cut.seconds + more > most_seconds:
                yield from cut.passage(goes_on=True)
            cut.take(sentence, more)
            if cut.first and cut.seconds >= FIRST_SECONDS:
                yield from cut.passage(goes_on=True)
        if part.pause_seconds >= BETWEEN_PARAGRAPHS_SECONDS:
            yield from cut.passage()
    yield from cut.passage()


class _Cut:
    """The passage that is being filled."""

    def __init__(self) -> None:
        self.first = True
        self.seconds = 0.0
        self._sentences: list[Sentence] = []
        self._follows = False

    def take(self, sentence: Sentence, seconds: float) -> None:
        self._sentences.append(sentence)
        self.seconds += seconds

    def passage(self, goes_on: bool = False) -> Iterator[Passage]:
        """What was taken, if anything; the next one ``goes_on`` from it, or from nothing."""
        if self._sentences:
            yield Passage(tuple(self._sentences), self._follows)
            self._sentences, self.seconds, self.first = [], 0.0, False
            self._follows = goes_on
        elif not goes_on:
            self._follows = False


def shortened(sentence: Sentence, seconds: Seconds, most_seconds: float) -> Iterator[Sentence]:
    """The sentence whole, or cut at its clauses, between words, or inside a word as a last way."""
    words = sentence.words
    while seconds(words) > most_seconds:
        if len(words) == 1 and len(words[0]) == 1:
            break
        words = words if len(words) > 1 else _halves(words[0])
        count = _fitting(words, seconds, most_seconds)
        clauses = [at for at in range(count // 3, count) if CLAUSE_END.search(words[at])]
        cut = clauses[-1] + 1 if clauses else count
        yield from shortened(
            Sentence(words[:cut], AFTER_CLAUSE_SECONDS if clauses else 0.0), seconds, most_seconds
        )
        words = words[cut:]
    yield Sentence(words, sentence.pause_seconds)


def _fitting(words: Sequence[str], seconds: Seconds, most_seconds: float) -> int:
    """How many of the words take at most so long; one at least, and never all of them."""
    total = 0.0
    for count, word in enumerate(words[:-1]):
        total += seconds((word,))
        if total > most_seconds:
            return max(1, count)
    return len(words) - 1


def _halves(word: str) -> tuple[str, str]:
    middle = len(word) // 2
    return word[:middle], word[middle:]
