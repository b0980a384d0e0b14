"""The player as files: its page, what the page is made with, and the media it shows."""

from collections.abc import Mapping
from pathlib import Path

from pipeline.export.lesson import Lesson
from pipeline.export.player_page import PlayerLinks, Tracking, assets, player_page
from pipeline.export.templates import package_file
from pipeline.lesson import ExportName
from pipeline.media.probe import probe

LAUNCH = "index.html"
MEDIA: tuple[ExportName, ...] = ("lesson.mp4", "captions.vtt", "poster.jpg", "transcript.txt")


def player_files(
    lesson: Lesson, media: Mapping[ExportName, Path], tracking: Tracking
) -> dict[str, bytes | Path]:
    """By name, all in one folder; the first is the page. ``media``: those in ``MEDIA``."""
    film = probe(media["lesson.mp4"])
    page = player_page(lesson, (film.width or 0, film.height or 0), PlayerLinks(), tracking)
    files: dict[str, bytes | Path] = {LAUNCH: page.encode()}
    for name in assets(tracking, quiz=lesson.quiz is not None):
        files[name] = package_file(f"player/{name}").read_bytes()
    return files | {name: media[name] for name in MEDIA}
