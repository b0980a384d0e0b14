"""Gap questions out of a lesson's own sentences: nothing is made up, and no model is needed."""

import re
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Sequence, Set

from deployments.llm.quiz_sentences import SceneSentences, allotted, statements
from pipeline.engines import EngineCard, QuizRequest
from pipeline.errors import EngineUnavailable
from pipeline.quiz import LONGEST_TEXT, ChoiceSpec, QuestionSpec

GAP = "_____"
WRONG_CHOICES = 3
FEWEST_WRONG = 2
COMMON_SHARE = 0.5
"""A word in more than this share of all sentences tells nothing of one of them."""
COUNTED = 3
"""How often a word comes up counts for it so many times; after that it is only common."""

# What stands before a noun shows which words are nouns; only these are left out.
ARTICLES = {
    "en": "the |a |an ",
    "de": "der |die |das |den |dem |des |ein |eine |einen |einem |einer |eines ",
    "fr": "le |la |les |un |une |des |du |au |aux |l['’]",
    "es": "el |la |los |las |un |una |unos |unas |del |al ",
    "it": "il |lo |la |i |gli |le |un |uno |una |l['’]",
    "pt": "o |a |os |as |um |uma |do |da |dos |das ",
    "nl": "de |het |een ",
}
NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w]|[.,]\d)")
WORD = re.compile(r"(?<![\w-])[^\W\d_]{4,40}(?![\w’'-])")
STEM = 4
"""Letters that a word shares with its plural."""


class Gaps:
    """Leaves out a noun or a number of a sentence, and offers others of the lesson in its place."""

    async def card(self, ask: QuizRequest) -> EngineCard:
        missing = None
        if _base(ask.language) not in ARTICLES:
            missing = f"it finds nouns only in {', '.join(ARTICLES)}, not in {_base(ask.language)}"
        return EngineCard(
            "gaps",
            "1",
            "embedded",
            "Gaps in your own sentences: check that only one word fits",
            draft=True,
            missing=missing,
            ignores=("seed",),
        )

    async def draft(self, ask: QuizRequest) -> AsyncGenerator[QuestionSpec, None]:
        if missing := (await self.card(ask)).missing:
            raise EngineUnavailable("gaps", missing)
        said = [sentence for text in ask.narrations for sentence in statements(text)]
        words = _Words(said, ARTICLES[_base(ask.language)])
        for scene in allotted(ask.narrations, ask.questions):
            for question in _questions(scene, words):
                yield question


class _Words:
    """The words of a lesson that can be left out, and what could stand in their place."""

    def __init__(self, said: Sequence[str], articles: str) -> None:
        article = re.compile(rf"\b(?:{articles})", re.IGNORECASE)
        after = (WORD.match(each, end.end()) for each in said for end in article.finditer(each))
        self._nouns = {found.group() for found in after if found}
        self._sentences = Counter(word for each in said for word in self._in(each))
        self._most = max(2, int(COMMON_SHARE * len(said)))
        self._asked: set[str] = set()

    def gap_in(self, sentence: str) -> tuple[str, list[str]] | None:
        """The word that tells most, and wrong ones; None where nothing can be asked."""
        here = self._in(sentence)
        for word in sorted(here, key=self._weight, reverse=True):
            wrong = self._others_like(word, here)
            if word not in self._asked and len(wrong) >= FEWEST_WRONG:
                self._asked.add(word)
                return word, wrong
        return None

    def _in(self, sentence: str) -> set[str]:
        """Its numbers and nouns."""
        words = {*WORD.findall(sentence)} & self._nouns
        return words | {*NUMBER.findall(sentence)}

    def _weight(self, word: str) -> tuple[bool, int, str]:
        often = self._sentences[word]
        if word[0].isdigit():
            return True, 0, word
        return often <= self._most, len(word) + COUNTED * min(often, COUNTED), word

    def _others_like(self, word: str, here: Set[str]) -> list[str]:
        """Of the same kind, nearest in length first; none twice in another form."""
        others = sorted(self._sentences, key=lambda other: (abs(len(other) - len(word)), other))
        wrong: list[str] = []
        for other in others:
            fits = _of_one_kind(word, other) and other not in here
            if fits and not any(_same(other, known) for known in (word, *wrong)):
                wrong.append(other)
        return wrong[:WRONG_CHOICES]


def _questions(scene: SceneSentences, words: _Words) -> Iterator[QuestionSpec]:
    left = scene.count
    for sentence in scene.sentences:
        gap = words.gap_in(sentence) if left else None
        if gap is None:
            continue
        word, wrong = gap
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", GAP, sentence)
        if len(text) <= LONGEST_TEXT:
            left -= 1
            yield _question(scene.index, sentence, text, word, wrong)


def _question(
    scene: int, sentence: str, text: str, word: str, wrong: Sequence[str]
) -> QuestionSpec:
    """Choices stand in the order of the alphabet, which gives nothing away."""
    return QuestionSpec(
        text=text,
        choices=tuple(
            ChoiceSpec(text=each, right=each == word)
            for each in sorted([word, *wrong], key=str.casefold)
        ),
        scene=scene,
        source=sentence,
        feedback=sentence,
        draft=True,
    )


def _of_one_kind(word: str, other: str) -> bool:
    return word[0].isdigit() == other[0].isdigit()


def _same(word: str, other: str) -> bool:
    """Or nearly: a word and its plural."""
    if word[0].isdigit():
        return word == other
    return word.casefold()[:STEM] == other.casefold()[:STEM]


def _base(language: str) -> str:
    return language.split("-")[0]
