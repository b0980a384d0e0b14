"""The composer: orders what a person wrote into titled scenes, and adds nothing."""

import re
from collections.abc import AsyncGenerator, Iterator, Sequence
from itertools import takewhile

from pipeline.engines import EngineCard, ScriptPiece, ScriptRequest
from pipeline.errors import NothingToSay
from pipeline.outline import Point, Section, read_notes
from pipeline.scene_cuts import cut_scenes, in_breaths
from pipeline.sentences import PAUSE, estimate_seconds, sentences, speakable

TITLE_WORDS = 6
LONGEST_TITLE = 80
OPENING_SECONDS = 5.0
ENUMERATED_WORDS = 3
ENUMERATED_ITEMS = 6
"""As many items as one can follow in one sentence."""

ENDS = re.compile(r"[.!?…。！？][\"”’')\]]*$")
LOOSE_END = re.compile(r"[\s,;:–—-]+$")
ARROW = re.compile(r"\s*(?:<?[-=]+>|[→⇒⟶])\s*")
LAST_PAUSES = re.compile(rf"(?:\s*{PAUSE.pattern})+\s*$", re.IGNORECASE)
CLAUSE_END = re.compile(r"\s*[,;:–—](?=\s)")
# In notes a new sentence often has no capital.
NEW_SENTENCE = re.compile(r"(?<=[a-z]{3}[.!?]) (?=[a-z])")
NO_NEW_SENTENCE = re.compile(r"\b(?:approx|dept|etc|esp|incl|max|min|resp|usu|vol)\.$")
# A title does not stop after these.
LEADING_ON = re.compile(
    "a|an|and|are|as|at|be|but|by|can|for|from|has|have|if|in|into|is|it|its|may|must|no|not|of|"
    "on|or|so|than|that|the|their|they|this|to|was|when|which|will|with|your",
    re.IGNORECASE,
)


class Composer:
    """Turns notes (text, Markdown, lists) into a script, the same one every time.

    The writer's own headings begin a scene, however short; what is too long is cut. Sentences get
    a capital and a full stop, short list items become one sentence; no word is put in.
    """

    async def card(self, ask: ScriptRequest) -> EngineCard:
        missing = None
        if ask.notes is None or not speakable(ask.notes):
            missing = "it needs your notes: it only orders what you wrote"
        return EngineCard(
            "composer",
            "1",
            "embedded",
            "Your own notes, in order",
            missing=missing,
            ignores=("prompt", "audience", "minutes"),
            trained=False,
        )

    async def write(self, ask: ScriptRequest) -> AsyncGenerator[ScriptPiece, None]:
        scene = 0
        for section in _with_openings_joined(read_notes(ask.notes or "")):
            for title, narration in _scenes_of(section):
                yield ScriptPiece(scene, title=title)
                yield ScriptPiece(scene, text=narration)
                scene += 1
        if scene == 0:
            raise NothingToSay("Your notes")


def _with_openings_joined(sections: Sequence[Section]) -> Iterator[Section]:
    """What is no scene of its own opens the next: a title with nothing below, a line or two."""
    waiting: tuple[Point, ...] = ()
    for section in sections:
        if not section.points:
            waiting += (Point(section.title or ""),)
        elif section.title is None and _seconds(waiting + section.points) < OPENING_SECONDS:
            waiting += section.points
        else:
            yield Section(section.title, (*waiting, *_led_in(section)))
            waiting = ()
    if waiting:
        yield Section(None, waiting)


def _seconds(points: Sequence[Point]) -> float:
    return sum(estimate_seconds(text) for point in points for text in point.texts())


def _led_in(section: Section) -> tuple[Point, ...]:
    """A title is spoken where it leads into a list: a listener cannot see it."""
    listed = tuple(takewhile(lambda point: point.listed, section.points))
    if section.title is None or not listed or _says(listed[0].text, section.title):
        return section.points
    rest = section.points[len(listed) :]
    if _enumerable(listed):
        return (Point(section.title, listed), *rest)
    return (Point(section.title), *listed, *rest)


def _says(text: str, title: str) -> bool:
    return set(title.casefold().split()) <= set(text.casefold().split())


def _scenes_of(section: Section) -> Iterator[tuple[str | None, str]]:
    paragraphs = [tuple(_breaths(point)) for point in section.points]
    title = section.title
    for scene in cut_scenes([paragraph for paragraph in paragraphs if paragraph]):
        narration = " ".join(sentence for paragraph in scene for sentence in paragraph)
        if speakable(narration):
            yield title or _title_from(narration), narration
            title = None


def _breaths(point: Point) -> Iterator[str]:
    for sentence in _spoken(point):
        yield from in_breaths(sentence)


def _spoken(point: Point) -> Iterator[str]:
    """The point in sentences, then those of the points below it."""
    if _enumerable(point.points):
        yield from _enumerated(point)
        return
    yield from _sentences(point.text, leads_on=bool(point.points))
    for below in point.points:
        yield from _spoken(below)


def _enumerable(points: Sequence[Point]) -> bool:
    return len(points) > 1 and all(map(_is_an_item, points))


def _is_an_item(point: Point) -> bool:
    short = len(point.text.split()) <= ENUMERATED_WORDS
    return short and not point.points and not ENDS.search(point.text) and "[" not in point.text


def _enumerated(point: Point) -> Iterator[str]:
    """“You need: flour, water, salt.”"""
    items = [LOOSE_END.sub("", _tidy(item.text)) for item in point.points]
    rows = [
        ", ".join(items[at : at + ENUMERATED_ITEMS])
        for at in range(0, len(items), ENUMERATED_ITEMS)
    ]
    *before, lead = _sentences(point.text, leads_on=True)
    yield from before
    if lead.endswith(":"):
        rows[0] = f"{lead} {rows[0]}"
    else:
        yield lead
    yield from map(_sentence, rows)


def _sentences(text: str, *, leads_on: bool) -> Iterator[str]:
    """With capitals and full stops; what leads on to other points ends with a colon instead."""
    found = [part for sentence in sentences(_tidy(text)) for part in _parted(sentence)]
    yield from map(_sentence, found[:-1])
    for last in found[-1:]:
        open_ended = leads_on and not ENDS.search(last) and not LAST_PAUSES.search(last)
        yield _sentence(last).removesuffix(".") + ":" if open_ended else _sentence(last)


def _parted(sentence: str) -> Iterator[str]:
    start = 0
    for gap in NEW_SENTENCE.finditer(sentence):
        if not NO_NEW_SENTENCE.search(sentence[: gap.start()]):
            yield sentence[start : gap.start()]
            start = gap.end()
    yield sentence[start:]


def _tidy(text: str) -> str:
    return ARROW.sub(", ", text).strip()


def _sentence(text: str) -> str:
    """With a capital and a full stop, which stands before the pauses that follow."""
    pauses = LAST_PAUSES.search(text)
    words = LOOSE_END.sub("", text[: pauses.start()] if pauses else text)
    if not speakable(words):
        return text.strip()
    stop = "" if ENDS.search(words) else "."
    return f"{_capitalised(words)}{stop} {pauses.group().strip() if pauses else ''}".rstrip()


def _capitalised(text: str) -> str:
    first = PAUSE.sub(" ", text).split()[0]
    if first != first.lower():  # pH, iPhone
        return text
    at = text.index(first) + next((i for i, c in enumerate(first) if c.isalnum()), 0)
    return text[:at] + text[at].upper() + text[at + 1 :]


def _title_from(narration: str) -> str | None:
    """The first clause, or the first words."""
    clause = CLAUSE_END.split(sentences(PAUSE.sub(" ", narration))[0])[0]
    words = clause.split()
    if len(words) > TITLE_WORDS:
        words = words[:TITLE_WORDS]
        while len(words) > 1 and LEADING_ON.fullmatch(words[-1]):
            words.pop()
    return " ".join(words).strip(" .:,;!…")[:LONGEST_TITLE].rstrip() or None
