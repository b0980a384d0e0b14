"""A narration as its reader wrote it, cut into what is spoken in one breath and what is silence."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from deployments.zyphra.sentences import cut_sentences
from pipeline.errors import NothingToSay, PauseTooLong

LONGEST_PAUSE_SECONDS = 10.0
PAUSE_SECONDS = 0.5
"""How long ``[pause]`` is when it does not say."""
BETWEEN_PARAGRAPHS_SECONDS = 0.7

PAUSE = re.compile(
    r"\[\s*+pause(?:[\s:=]++(?P<length>\d++(?:[.,]\d++)?|[.,]\d++)\s*+(?P<unit>ms|s|secs?|seconds?)?)?"
    r"\s*+\]",
    re.IGNORECASE,
)
PARAGRAPH = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
LINE = re.compile(r"(?<=[.!?:;…”\"’)])[^\S\n]*\n|\n(?=[^\S\n]*(?:[-*•–]|#+|\d{1,3}[.)])[^\S\n])")
# Line starts, links, emphasis and code of Markdown: they are seen, not heard.
MARKS = re.compile(
    r"(?m:^\s*(?:[-*•–]|#{1,6}|>)\s+)"
    r"|!?\[(?P<link>[^\]\n]*)\]\([^)\s]*\)"
    r"|(?<![\w*])(?P<stars>\*{1,3})(?P<strong>\w[^*\n]*?)(?P=stars)(?![\w*])"
    r"|`+(?P<code>[^`\n]*)`+"
)
EMOJI = re.compile(
    " ?[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe00-\ufe0f\u20e3\U000e0020-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words as they were written, at least one of them speakable; then ``pause_seconds`` of rest.

    A very long sentence comes in several of these, cut where it takes a breath.
    """

    words: tuple[str, ...]
    pause_seconds: float

    @property
    def text(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence that was asked for."""

    seconds: float


Part = Sentence | Pause


def read_narration(narration: str) -> tuple[Part, ...]:
    """The parts of a narration in order; control characters, emoji and Markdown's marks are gone.

    A pause that was asked for takes the place of the natural one before it, and the last part has
    none: how a scene ends is not for the voice to say. Raises NothingToSay and PauseTooLong.
    """
    parts = list(_rested(list(_parts(_clean(narration)))))
    if not any(isinstance(part, Sentence) for part in parts):
        raise NothingToSay("The narration")
    return tuple(parts)


def speakable(text: str) -> bool:
    """Whether there is anything in it that has a sound in some language."""
    return any(character.isalnum() for character in text)


def _clean(narration: str) -> str:
    text = unicodedata.normalize("NFC", narration.replace("\r\n", "\n").replace("\r", "\n"))
    text = EMOJI.sub("", text)
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c)[0] != "C")


def _unmarked(text: str) -> str:
    return MARKS.sub(lambda m: m["link"] or m["strong"] or m["code"] or "", text)


def _parts(text: str) -> Iterator[Part]:
    """Sentences with the rest that naturally follows each, and pauses."""
    start = 0
    for pause in PAUSE.finditer(text):
        yield from _sentences(text[start : pause.start()])
        yield Pause(_pause_seconds(pause))
        start = pause.end()
    yield from _sentences(text[start:])


def _pause_seconds(pause: re.Match[str]) -> float:
    if pause["length"] is None:
        return PAUSE_SECONDS
    length = float(pause["length"].replace(",", "."))
    seconds = length / 1000 if (pause["unit"] or "s").lower() == "ms" else length
    if seconds > LONGEST_PAUSE_SECONDS:
        raise PauseTooLong(f"{seconds:g}", f"{LONGEST_PAUSE_SECONDS:g}")
    return seconds


def _sentences(text: str) -> Iterator[Sentence]:
    for paragraph in PARAGRAPH.split(text):
        cuts = [
            cut
            for line in LINE.split(paragraph)
            for cut in cut_sentences(_unmarked(line).split())
            if speakable("".join(cut.words))
        ]
        for cut in cuts[:-1]:
            yield Sentence(cut.words, cut.pause_seconds)
        for cut in cuts[-1:]:
            yield Sentence(cut.words, BETWEEN_PARAGRAPHS_SECONDS)


def _rested(parts: list[Part]) -> Iterator[Part]:
    """Without the natural rest before a pause and at the end, and without pauses of no length."""
    for part, following in zip_longest(parts, parts[1:]):
        if isinstance(part, Sentence) and not isinstance(following, Sentence):
            yield Sentence(part.words, 0.0)
        elif isinstance(part, Sentence) or part.seconds > 0:
            yield part
