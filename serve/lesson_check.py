"""Whether a lesson that was made is one to show."""

from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from pipeline.errors import LecternError
from pipeline.lesson import FPS
from pipeline.media.probe import Probe, probe, sound_levels

LOUDNESS, TOLERANCE = -16.0, 1.0
APART_SECONDS = 0.040
"""A picture's length: from there on, lips and voice are seen to part."""


class LessonNotGood(LecternError):
    """The lesson was made, but it is not good: {0}"""

    code = "lesson_not_good"


def check_lesson(folder: Path) -> None:
    """Measures the exports in ``folder``. Raises LessonNotGood with all that is wrong."""
    faults = [*_film_faults(probe(folder / "lesson.mp4")), *_sound_faults(folder)]
    faults += _package_faults(folder / "scorm12.zip")
    faults += [
        f"{name} is empty"
        for name in ("captions.vtt", "captions.srt", "transcript.txt", "poster.jpg", "speech.webm")
        if not (folder / name).stat().st_size
    ]
    if faults:
        raise LessonNotGood("; ".join(faults))


def _film_faults(film: Probe) -> Iterator[str]:
    if (film.video_codec, film.audio_codec) != ("h264", "aac"):
        yield f"it holds {film.video_codec} and {film.audio_codec}"
    if film.fps != FPS:
        yield f"it has {film.fps} pictures a second"
    apart = abs((film.video_seconds or 0) - (film.audio_seconds or 0))
    if apart > APART_SECONDS:
        yield f"picture and sound end {apart:.3f} s apart"
    if not film.captions:
        yield "it has no captions"


def _sound_faults(folder: Path) -> Iterator[str]:
    for name in ("lesson.mp4", "speech.webm"):
        loudness = sound_levels(folder / name).loudness
        if abs(loudness - LOUDNESS) > TOLERANCE:
            yield f"{name} is at {loudness:.1f} LUFS"


def _package_faults(package: Path) -> Iterator[str]:
    try:
        with ZipFile(package) as archive:
            if archive.testzip() is not None or "imsmanifest.xml" not in archive.namelist():
                yield f"{package.name} is damaged"
    except BadZipFile:
        yield f"{package.name} is no zip file"
