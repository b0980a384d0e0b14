"""The exports of a finished lesson."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.engines import EngineCard
from pipeline.export.cmi5 import write_cmi5
from pipeline.export.lesson import Lesson
from pipeline.export.player_files import MEDIA
from pipeline.export.player_page import makers, strings
from pipeline.export.scorm import Edition, write_scorm
from pipeline.export.transcript import transcript_text
from pipeline.lesson import COMPLETE_SHARE, ExportName, FinishedScene
from pipeline.media.caption_files import subrip, webvtt
from pipeline.media.mux import join_clips
from pipeline.media.poster import write_poster
from pipeline.media.shown_words import printable
from pipeline.media.speech_file import write_speech
from pipeline.quiz import QuizSpec


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A finished file, on disk."""

    name: ExportName
    path: Path
    content_type: str


@dataclass(frozen=True, slots=True)
class Export:
    """How one export is made: from the lesson, into a file of its name in a folder.

    ``needs``: the exports that must lie in the folder before.
    """

    content_type: str
    write: Callable[[Lesson, Path], None]
    needs: tuple[ExportName, ...] = ()


def package_lesson(
    scenes: Sequence[FinishedScene],
    *,
    lesson_id: str,
    title: str,
    language: str,
    exports: Sequence[ExportName],
    engines: Mapping[str, EngineCard],
    out_dir: Path,
    complete_share: float = COMPLETE_SHARE,
    sign: Callable[[Path], None] | None = None,
    quiz: QuizSpec | None = None,
) -> list[ExportFile]:
    """Writes just the exports asked for into ``out_dir``, which must be there.

    ``engines`` is keyed by step; the rest is as in ``Lesson``. The same scenes
    give the same bytes, but for what is signed, which holds the time. Memory does not grow with the
    lesson, but for its index. Raises ClipLengthWrong, ClipsDiffer, PackageTooLarge, SchemasMissing
    and SigningFailed.
    """
    lesson = Lesson(
        scenes, lesson_id, printable(title), language, engines, complete_share, sign, quiz
    )
    needed = {*exports, *(need for name in exports for need in EXPORTS[name].needs)}
    for name in (name for name in EXPORTS if name in needed):
        EXPORTS[name].write(lesson, out_dir / name)
    for name in needed.difference(exports):
        (out_dir / name).unlink()
    return [_file(name, out_dir) for name in EXPORTS if name in exports]


def _file(name: ExportName, folder: Path) -> ExportFile:
    return ExportFile(name, folder / name, EXPORTS[name].content_type)


def _write_video(lesson: Lesson, out: Path) -> None:
    join_clips(
        lesson.scenes,
        out,
        cues=lesson.cues,
        chapters=lesson.chapters,
        language=lesson.language,
        metadata=_metadata(lesson),
    )
    if lesson.sign is not None:
        # last: nothing may change the file any more, and packages take it as it is
        lesson.sign(out)


def _write_speech(lesson: Lesson, out: Path) -> None:
    write_speech(lesson.scenes, out, metadata=_metadata(lesson))


def _metadata(lesson: Lesson) -> dict[str, str]:
    return {"title": lesson.title, "comment": "\n".join(_notices(lesson))}


def _notices(lesson: Lesson) -> Iterable[str]:
    """That the lesson is synthetic, and who made what."""
    _, text = strings(lesson.language)
    yield text["notice"]
    for maker in makers(lesson.engines):
        draft = f" ({text['draft']})" if maker.draft else ""
        yield f"{text[f'step_{maker.step}']}: {maker.label}{draft}"


def transcript_of(lesson: Lesson) -> str:
    notice = "\n".join(_notices(lesson))
    return transcript_text(lesson.title, notice, lesson.passages)


def _write_transcript(lesson: Lesson, out: Path) -> None:
    _write_text(out, transcript_of(lesson))


def _write_text(out: Path, text: str) -> None:
    out.write_text(text, "utf-8", newline="\n")


def _scorm(edition: Edition) -> Export:
    def write(lesson: Lesson, out: Path) -> None:
        write_scorm(lesson, {name: out.with_name(name) for name in MEDIA}, out, edition)

    return Export("application/zip", write, needs=MEDIA)


def _write_cmi5(lesson: Lesson, out: Path) -> None:
    write_cmi5(lesson, {name: out.with_name(name) for name in MEDIA}, out)


EXPORTS: Mapping[ExportName, Export] = {
    "lesson.mp4": Export("video/mp4", _write_video),
    "speech.webm": Export("audio/webm", _write_speech),
    "captions.vtt": Export(
        "text/vtt; charset=utf-8",
        lambda lesson, out: _write_text(out, webvtt(lesson.cues)),
    ),
    "captions.srt": Export(
        "application/x-subrip; charset=utf-8",
        lambda lesson, out: _write_text(out, subrip(lesson.cues)),
    ),
    "transcript.txt": Export("text/plain; charset=utf-8", _write_transcript),
    "poster.jpg": Export(
        "image/jpeg", lambda lesson, out: write_poster(lesson.scenes[0].film, out)
    ),
    "scorm12.zip": _scorm("scorm12"),
    "scorm2004.zip": _scorm("scorm2004"),
    "cmi5.zip": Export("application/zip", _write_cmi5, needs=MEDIA),
}
"""In the order they are made."""
