"""Reads a PowerPoint presentation: the title of each slide, and what its speaker notes say.

Runs on a file that nobody vouches for: see ``apart``. python-pptx resolves no entities; a file that
unpacks to too much, or that would have something fetched from elsewhere, is refused before.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError, fromstring
from zipfile import BadZipFile, ZipFile

from pptx import Presentation
from pptx.exc import PackageNotFoundError, PythonPptxError
from pptx.slide import Slide

from pipeline.errors import SlidesTooMany, SlidesUnreadable

MOST_SLIDES = 200
MOST_ENTRIES = 10_000
MOST_BYTES = 512 * 1024**2
"""Unpacked; what a file says of itself, which is all that is ever unpacked of it."""
MOST_RATIO = 200
"""How far one of the texts in it may be packed; real ones reach about 40."""
RELATIONS_BYTES = 4 * 1024**2
LEAST_SUSPECT_BYTES = 1024**2
HARMLESS = ("/hyperlink",)
"""What may lead out of the file: it is followed by readers, and by nobody here."""
MAIN_PART = "ppt/presentation.xml"
TITLE_CHARACTERS, NOTES_CHARACTERS = 200, 20_000


def read_presentation(source: Path, target: Path) -> dict[str, Any]:  # noqa: ARG001
    """The shown slides in order, each with ``title`` (or None) and ``notes`` (maybe empty).

    Raises SlidesUnreadable, SlidesTooMany.
    """
    try:
        with ZipFile(source) as archive:
            _check(archive)
        with source.open("rb") as file:
            slides = [slide for slide in Presentation(file).slides if not _hidden(slide)]
    except (BadZipFile, PackageNotFoundError) as error:
        raise SlidesUnreadable("it is not a PowerPoint file of the newer kind (.pptx)") from error
    except (PythonPptxError, KeyError, ValueError, AttributeError, SyntaxError) as error:
        raise SlidesUnreadable("it is damaged") from error
    except (MemoryError, NotImplementedError, RuntimeError) as error:
        raise SlidesUnreadable("it is locked with a password, or too large to open") from error
    if not slides:
        raise SlidesUnreadable("there is no slide in it")
    if len(slides) > MOST_SLIDES:
        raise SlidesTooMany(len(slides), MOST_SLIDES)
    return {"slides": [{"title": _title(slide), "notes": _notes(slide)} for slide in slides]}


def _check(archive: ZipFile) -> None:
    entries = archive.infolist()
    if MAIN_PART not in {entry.filename for entry in entries}:
        raise SlidesUnreadable("it is not a PowerPoint file of the newer kind (.pptx)")
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise SlidesUnreadable("it unpacks to far more than it should")
    for entry in entries:
        packed = max(1, entry.compress_size)
        if entry.file_size > LEAST_SUSPECT_BYTES and entry.file_size / packed > MOST_RATIO:
            raise SlidesUnreadable("it unpacks to far more than it should")
    if any(_leads_out(archive, name) for name in _relations(archive)):
        raise SlidesUnreadable("it shows pictures or objects that are not in the file itself")


def _relations(archive: ZipFile) -> Iterator[str]:
    for entry in archive.infolist():
        if entry.filename.endswith(".rels"):
            if entry.file_size > RELATIONS_BYTES:
                raise SlidesUnreadable("it unpacks to far more than it should")
            yield entry.filename


def _leads_out(archive: ZipFile, name: str) -> bool:
    """Whether who draws the slides would fetch something from elsewhere."""
    text = archive.read(name)
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise SlidesUnreadable("it is damaged")
    try:
        relations = fromstring(text)
    except ParseError as error:
        raise SlidesUnreadable("it is damaged") from error
    return any(
        each.get("TargetMode") == "External" and not str(each.get("Type")).endswith(HARMLESS)
        for each in relations
    )


def _hidden(slide: Slide) -> bool:
    """Hidden slides are neither shown nor drawn (ECMA-376-1, 19.3.1.38, ``show``)."""
    return slide._element.get("show") in ("0", "false")


def _title(slide: Slide) -> str | None:
    shape = slide.shapes.title
    text = "" if shape is None else _tidy([shape.text_frame.text.replace("\n", " ")])
    return text[:TITLE_CHARACTERS].strip() or None


def _notes(slide: Slide) -> str:
    if not slide.has_notes_slide:
        return ""
    frame = slide.notes_slide.notes_text_frame
    return "" if frame is None else _tidy(frame.text.split("\n"))[:NOTES_CHARACTERS].strip()


def _tidy(lines: Iterable[str]) -> str:
    """Without what breaks a line inside of a paragraph, and without what cannot be written."""
    plain = (" ".join(line.replace("\v", " ").replace("\0", "").split()) for line in lines)
    return "\n\n".join(line for line in plain if line)
