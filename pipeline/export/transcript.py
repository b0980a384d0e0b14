"""What is said, sentence by sentence, under the titles of the scenes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.lesson import FinishedScene
from pipeline.media.shown_words import Token, shown_words
from pipeline.media.timeline import starts


@dataclass(frozen=True, slots=True)
class Sentence:
    """Times are seconds from the start of the lesson."""

    text: str
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True, slots=True)
class Passage:
    """One scene of the transcript."""

    title: str | None
    start_seconds: float
    sentences: tuple[Sentence, ...]


def passages(scenes: Sequence[FinishedScene]) -> tuple[Passage, ...]:
    """The transcript of a lesson, a passage a scene."""
    return tuple(
        Passage(scene.scene.title, start, tuple(_sentences(scene, start)))
        for scene, start in zip(scenes, starts(scenes), strict=False)
    )


def _sentences(scene: FinishedScene, start: float) -> Iterator[Sentence]:
    said: list[Token] = []
    words = shown_words(scene.words, scene.sentences)
    for number, token in enumerate(words, 1):
        said.append(token)
        if token.end_of == "sentence" or number == len(words):
            text = " ".join(word.text for word in said)
            yield Sentence(text, start + said[0].start_seconds, start + token.end_seconds)
            said = []


def transcript_text(title: str, notice: str, parts: Sequence[Passage]) -> str:
    """The transcript as plain text, with the time at which each scene starts."""
    blocks = [f"{title}\n{'=' * len(title)}", notice]
    for part in parts:
        head = f"[{clock(part.start_seconds)}] {part.title or ''}".rstrip()
        blocks.append("\n".join([head, " ".join(s.text for s in part.sentences)]).rstrip())
    return "\n\n".join(blocks) + "\n"


def clock(seconds: float) -> str:
    """``1:02:03``, or ``2:03`` below an hour."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
