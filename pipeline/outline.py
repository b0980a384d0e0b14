"""What a person wrote, as an outline: titled sections of points with points below them.

Markdown is read as such. In plain notes a line is a point of its own, unless it was only wrapped,
and a short line that stands above others is their title.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from pipeline.sentences import speakable

LONGEST_TITLE = 200
LONGEST_TITLE_WORDS = 9
NARROWEST_WRAP = 50
"""Characters; lines that are all shorter were ended on purpose."""
LONG_LINE = 65

EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe00-\ufe0f\u200d\u20e3\U000e0020-\U000e007f]"
)
# what stands before them is looked for in their own line: over ten thousand empty ones it would
# take minutes
BULLET = re.compile(
    r"^([^\S\n]*+)(?:[•◦▪▫‣⁃·●○■–—→]|\(?\d{1,3}[.)]|\(?[A-Za-z]\))\s+", re.MULTILINE
)
CHECKBOX = re.compile(r"^\[[ xX]\]\s+")
FENCE = re.compile(r"^[^\S\n]*+(?:```|~~~).*$", re.MULTILINE)
ADDRESS = re.compile(r"<?\b(?:https?://|www\.)\S+>?")
SCENE_LINE = re.compile(
    r"^[ \t]*\**scene[ \t]+\d+\**[ \t]*[:.–—-]*[ \t]*(.*)$", re.IGNORECASE | re.MULTILINE
)
STOPS = ".!?…:;,"


@dataclass(frozen=True, slots=True)
class Point:
    """Something said, with what is listed below it. ``listed``: it stood in a list itself."""

    text: str
    points: tuple["Point", ...] = ()
    listed: bool = False

    def texts(self) -> Iterator[str]:
        yield self.text
        for point in self.points:
            yield from point.texts()


@dataclass(frozen=True, slots=True)
class Section:
    """``title`` is at most ``LONGEST_TITLE`` characters long."""

    title: str | None
    points: tuple[Point, ...]

    def texts(self) -> Iterator[str]:
        """All that is said, in order."""
        for point in self.points:
            yield from point.texts()


def read_notes(text: str) -> tuple[Section, ...]:
    """Notes: lines are points, short lines above others are titles."""
    return _read(text, prose=False)


def read_prose(text: str) -> tuple[Section, ...]:
    """A script: paragraphs are points; only headings and lines like “Scene 2: …” are titles."""
    return _read(SCENE_LINE.sub(_heading, text), prose=True)


def _heading(line: re.Match[str]) -> str:
    return f"\n## {line[1].rstrip('*')}\n"


def _read(text: str, *, prose: bool) -> tuple[Section, ...]:
    blocks = SyntaxTreeNode(_markdown().parse(_clean(text))).children
    plain = not prose and all(block.type != "heading" for block in blocks)
    sections: list[tuple[str | None, list[Point]]] = [(None, [])]
    for block, following in zip_longest(blocks, blocks[1:]):
        title = _title(block, following, plain=plain)
        if title is not None:
            sections.append((title[:LONGEST_TITLE].strip() or None, []))
        elif block.type == "hr":
            sections.append((None, []))
        else:
            _add(sections[-1][1], block, prose=prose)
    return tuple(Section(title, tuple(points)) for title, points in sections if title or points)


def _markdown() -> MarkdownIt:
    # indentation is a habit in notes, never code; “[pause]: …” is no link
    reader = MarkdownIt("commonmark", {"maxNesting": 100})
    return reader.enable(["table", "strikethrough"]).disable(["code", "reference"])


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = EMOJI.sub("", text)
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c)[0] != "C")
    if len(FENCE.findall(text)) % 2:
        text = FENCE.sub("", text)  # a fence nobody closed would swallow all the rest
    return BULLET.sub(r"\1- ", text)


def _title(block: SyntaxTreeNode, following: SyntaxTreeNode | None, *, plain: bool) -> str | None:
    """The text of a heading (perhaps empty); None if the block is none."""
    if block.type == "heading":
        title = " ".join(_text(block).split())
        # a rule drawn under a paragraph makes it a heading in Markdown; nobody means that
        return title if len(title.split()) <= 2 * LONGEST_TITLE_WORDS else None
    if not plain or block.type != "paragraph" or following is None:
        return None
    line = _text(block).strip()
    titles = _like_a_title(line) and _goes_below_a_title(following, line)
    return line.rstrip(":").rstrip() if titles else None


def _like_a_title(line: str) -> bool:
    words = line.split()
    short = 0 < len(words) <= LONGEST_TITLE_WORDS and "\n" not in line
    return short and speakable(line) and line[-1] not in STOPS.replace(":", "")


def _goes_below_a_title(block: SyntaxTreeNode, line: str) -> bool:
    if block.type in ("bullet_list", "ordered_list"):
        return True
    below = _text(block).strip() if block.type == "paragraph" else ""
    return line[:1].isupper() and ("\n" in below or below.endswith((".", "!", "?")))


def _add(points: list[Point], block: SyntaxTreeNode, *, prose: bool) -> None:
    found = _points(block, prose=prose)
    listed = bool(found) and found[0].listed
    if listed and points and points[-1].text.endswith(":") and not points[-1].points:
        points[-1] = Point(points[-1].text, tuple(found), points[-1].listed)
    else:
        points += found


def _points(block: SyntaxTreeNode, *, prose: bool) -> list[Point]:
    if block.type == "ordered_list" and _only_numbers(block):
        return [Point(f"{item.info}{item.markup}") for item in block.children]
    if block.type in ("bullet_list", "ordered_list"):
        return [point for item in block.children for point in _item(item, prose=prose)]
    if block.type == "table":
        return [Point(row) for row in map(_row, _rows(block)) if speakable(row)]
    if block.type in ("paragraph", "heading"):
        return [Point(line) for line in _lines(_text(block), prose=prose)]
    points: list[Point] = []
    for child in block.children if block.type == "blockquote" else ():
        _add(points, child, prose=prose)
    return points


def _only_numbers(block: SyntaxTreeNode) -> bool:
    """Whether it is no list but a year or an answer with its full stop, alone in a line: Markdown
    takes those for items without words. What begins with 1 was meant as a list."""
    return block.children[0].info != "1" and not any(item.children for item in block.children)


def _item(item: SyntaxTreeNode, *, prose: bool) -> list[Point]:
    """A list item: its own words, then what stands below it."""
    if not item.children:
        return []
    own, *rest = item.children
    if own.type != "paragraph":
        return _points(own, prose=prose)
    below: list[Point] = []
    for child in rest:
        _add(below, child, prose=prose)
    text = " ".join(CHECKBOX.sub("", _text(own)).split())
    return [Point(text, tuple(below), listed=True)] if speakable(text) else below


def _rows(table: SyntaxTreeNode) -> Iterator[SyntaxTreeNode]:
    return (node for node in table.walk() if node.type == "tr")


def _row(row: SyntaxTreeNode) -> str:
    cells = (" ".join(_text(cell).split()) for cell in row.children)
    return ", ".join(cell for cell in cells if cell)


def _lines(text: str, *, prose: bool) -> list[str]:
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    whole = prose or _wrapped(lines)
    joined: list[str] = []
    for before, line in pairwise(["", *lines]):
        if joined and (whole or _runs_on(before, line)):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return joined


def _runs_on(line: str, following: str) -> bool:
    return len(line) >= LONG_LINE and line[-1] not in STOPS and following[0].islower()


def _wrapped(lines: Sequence[str]) -> bool:
    """Whether the lines are one paragraph: no next word would have fitted on the line before."""
    width = max(map(len, lines), default=0)
    return width >= NARROWEST_WRAP and all(
        len(line) + 1 + len(following.split()[0]) > width for line, following in pairwise(lines)
    )


def _text(node: SyntaxTreeNode) -> str:
    """The words of a block, without its marks; its lines are kept apart."""
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return "\n"
    if node.type in ("image", "html_inline"):
        return ""
    return ADDRESS.sub("", "".join(map(_text, node.children)))
