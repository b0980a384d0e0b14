"""What language models say, read as a script while it comes: titles, and sentences to be spoken."""

import re
from collections.abc import Iterator, Sequence

from pipeline.engines import ScriptPiece
from pipeline.outline import EMOJI, LONGEST_TITLE_WORDS
from pipeline.scene_cuts import cut_scenes
from pipeline.sentences import CLAUSE_END, SENTENCE_END, sentences, speakable

LONGEST_TITLE = 80
ALIKE = 0.6
"""Share of words two sentences have in common when one only repeats the other."""
PREAMBLE_WORDS = 25
"""What stands before the first title and is shorter is no scene."""

THINKING = re.compile(r"\s*<think(?:ing)?>(?!.*</think(?:ing)?>)", re.DOTALL)
THOUGHT = re.compile(r"\s*<think(?:ing)?>.*</think(?:ing)?>\s*", re.DOTALL)
TITLE = re.compile(
    r"\s*(?:#{1,6}\s*(?P<hashed>\S.*)|\*\*(?P<bold>[^*]+)\*\*:?"
    r"|(?P<named>(?:scene|part|title)\s*\d*\s*[:.–—-]\s*\S.*|(?:scene|part)\s*\d+))\s*",
    re.IGNORECASE,
)
PERHAPS_A_TITLE = re.compile(r"\s*(?:[#*<\[_>`=-]|\d|scene|part|title|.{0,5}$)", re.IGNORECASE)
NUMBERING = re.compile(
    r"^\s*(?:(?:scene|part|title|section)\s*\d*\s*(?:[:.–—-]|$)|\d+\s*[:.)])\s*", re.IGNORECASE
)
LINE_MARK = re.compile(r"^\s*(?:[-*•>]|\d+[.)])\s+", re.MULTILINE)
SPEAKER = re.compile(
    r"^\s*\[?(?:narrator|narration|speaker|voice-?over|host)\]?\s*:\s*", re.IGNORECASE
)
STAGE = re.compile(r"\[(?!\s*pause\b)[^\]\n]*\]|</?[a-z][^>\n]{0,40}>", re.IGNORECASE)
MARKS = re.compile(
    r"\(\s*\)|^\s*(?:#+|[-=*_]{3,}|```\w*)\s*$|(?<!\s)\*{1,3}|\*{1,3}(?!\s)|(?<!\w)_{1,3}|_{1,3}(?!\w)|`+",
    re.MULTILINE,
)
LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\s]*\)")
# Said to whoever asked for the script, not to those who watch the lesson.
CHATTER = re.compile(
    r"(?:sure|certainly|of course|absolutely|okay|great)[!.]"
    r"|(?:\w+[,!] )?here(?:['’]s| is| are)\b.*\b(?:script|lesson|paragraphs?|outline)\b.*[:.!]"
    r"|i hope th(?:is|at) (?:helps|lesson|script).*"
    r"|let me know (?:if|what|how).*|feel free to (?:ask|adjust|change|modify).*"
    r"|(?:as an ai|i(?:['’]m| am) (?:sorry|an ai))\b.*|(?:lesson|part|title)\s*:.*",
    re.IGNORECASE,
)


def unmarked(text: str) -> str:
    """The words of a text without Markdown, emoji and stage directions; ``[pause]`` stays."""
    text = LINK.sub(r"\1", EMOJI.sub("", text))
    text = MARKS.sub("", LINE_MARK.sub("", STAGE.sub("", text)))
    return SPEAKER.sub("", text)


def tidy_title(text: str) -> str | None:
    """Without numbers and marks; None if nothing is left."""
    title = NUMBERING.sub("", " ".join(unmarked(text).split())).strip(" .:;,–—-\"“”'")
    return title[:LONGEST_TITLE].strip() if speakable(title) else None


def short_title(line: str) -> str | None:
    """The title, or its first clause where a model has made a sentence of it."""
    title = tidy_title(line)
    if title is None or len(title.split()) <= LONGEST_TITLE_WORDS:
        return title
    clause = CLAUSE_END.split(title)[0]
    return tidy_title(clause) if len(clause.split()) <= LONGEST_TITLE_WORDS else None


def is_whole(sentence: str) -> bool:
    """Whether it has an end."""
    return SENTENCE_END.search(sentence[-4:]) is not None


def _words_of(sentence: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", sentence.casefold()))


class Sentences:
    """Sentences out of a stream of text, each as soon as the next one has begun."""

    def __init__(self) -> None:
        self._text = ""
        self._given = 0

    def feed(self, text: str) -> list[str]:
        self._text += text
        return self._new(sentences(unmarked(self._text))[:-1])

    def finish(self) -> list[str]:
        return self._new(sentences(unmarked(self._text)))

    def _new(self, whole: Sequence[str]) -> list[str]:
        new = whole[self._given :]
        self._given = max(self._given, len(whole))
        return [said for said in new if speakable(said) and not CHATTER.fullmatch(said)]


class Heard:
    """What was said already, or was only an example."""

    def __init__(self, shown: Sequence[str]) -> None:
        self._words = [_words_of(sentence) for sentence in shown]

    def is_new(self, sentence: str) -> bool:
        words = _words_of(sentence)
        new = all(len(words & old) < ALIKE * len(words | old) for old in self._words)
        self._words += [words] if new else []
        return new


class ScriptReader:
    """A script out of a stream of text: lines with a title, each with what is said below it.

    Forgives what models do: thinking aloud, a preamble, bold or numbered titles, or none at all.
    """

    def __init__(self) -> None:
        self._scene = -1
        self._untitled: list[str] = []
        self._line = ""
        self._fed = 0
        self._sentences = Sentences()

    def feed(self, text: str) -> Iterator[ScriptPiece]:
        self._line += text
        if THINKING.match(self._line):
            return
        *lines, self._line = THOUGHT.sub("", self._line).split("\n")
        for line in lines:
            yield from self._end_of(line)
        if self._fed or not PERHAPS_A_TITLE.match(self._line):
            yield from self._say(self._sentences.feed(self._line[self._fed :]))
            self._fed = len(self._line)

    def finish(self) -> Iterator[ScriptPiece]:
        if not THINKING.match(self._line):
            yield from self._end_of(self._line)
        if self._scene < 0:
            yield from self._without_titles()

    def _end_of(self, line: str) -> Iterator[ScriptPiece]:
        found = None if self._fed else TITLE.fullmatch(line)
        if found is None:
            yield from self._say(self._sentences.feed(line[self._fed :]))
            yield from self._say(self._sentences.finish())
        else:
            yield from self._begin(next(filter(None, found.groups())))
        self._sentences = Sentences()
        self._fed = 0

    def _begin(self, title: str) -> Iterator[ScriptPiece]:
        if sum(len(said.split()) for said in self._untitled) > PREAMBLE_WORDS:
            yield from self._without_titles()
        self._untitled = []
        self._scene += 1
        yield ScriptPiece(self._scene, title=tidy_title(title))

    def _say(self, said: Sequence[str]) -> Iterator[ScriptPiece]:
        if self._scene < 0:
            self._untitled += said
        else:
            yield from (ScriptPiece(self._scene, text=f"{sentence} ") for sentence in said)

    def _without_titles(self) -> Iterator[ScriptPiece]:
        for scene in cut_scenes([tuple(self._untitled)]):
            self._scene += 1
            for paragraph in scene:
                yield ScriptPiece(self._scene, text=" ".join(paragraph))
