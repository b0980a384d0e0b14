"""Pages of a PDF as pictures of slides. Runs apart from us: see ``apart``."""

import json
from pathlib import Path
from typing import Any

import pypdfium2
from pydantic import BaseModel

from pipeline.errors import SlidesUndrawable
from pipeline.media.thumbnail import write_thumbnail

LONGEST = 1920
"""Pixels of the longer side: as wide as the largest lesson."""
AT_ONCE = 20
"""Pages that are drawn by one process: well within its time."""


class Pages(BaseModel):
    """Which pages to draw: from ``first``, AT_ONCE at most."""

    pdf: Path
    first: int

    def write(self, path: Path) -> None:
        path.write_text(self.model_dump_json(), encoding="utf-8")


def draw_pages(source: Path, target: Path) -> dict[str, Any]:
    """Draws the ``Pages`` that ``source`` asks for, as ``<page>.png`` in the folder ``target``,
    each with its thumbnail.

    Gives the number of pages in the file, and width and height of each that was drawn. Raises
    SlidesUndrawable.
    """
    ask = Pages.model_validate(json.loads(source.read_bytes()))
    target.mkdir(exist_ok=True)
    try:
        with pypdfium2.PdfDocument(ask.pdf) as document:
            last = min(len(document), ask.first + AT_ONCE)
            sizes = [_draw(document, page, target) for page in range(ask.first, last)]
            return {"pages": len(document), "sizes": sizes}
    except pypdfium2.PdfiumError as error:
        raise SlidesUndrawable(str(error)) from error


def _draw(document: pypdfium2.PdfDocument, number: int, target: Path) -> tuple[int, int]:
    page = document[number]
    picture = page.render(scale=LONGEST / max(page.get_size())).to_pil().convert("RGB")
    path = target / f"{number}.png"
    picture.save(path, compress_level=4)
    write_thumbnail(picture, path)
    size: tuple[int, int] = picture.size
    return size
