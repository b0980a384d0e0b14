"""What a file of unknown origin says of itself: credentials, watermark, metadata.

Runs apart (``pipeline.media.apart``): the file may be anybody's.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import av
from av.error import FFmpegError
from pydantic import TypeAdapter

from pipeline.errors import SoundUnreadable
from pipeline.lesson import SAMPLE_RATE, Samples
from pipeline.media.apart import CheckStopped, run_apart
from pipeline.media.sound import ONE_FILE, stream_sound
from pipeline.provenance.change import UNCHANGED, Change
from pipeline.provenance.credentials import Credentials, read_credentials
from pipeline.provenance.detect import Heard, listen
from pipeline.provenance.search import Stretches, search

LISTENED_SECONDS = 30 * 60
"""More of a file is not listened to."""
MOST_TAGS, MOST_LETTERS = 30, 2000
SELF = "pipeline.provenance.inspection:inspect_apart"


@dataclass(frozen=True, slots=True)
class FoundMark:
    """A watermark, from where to where it was heard at least. ``studio`` and ``speech`` are four
    hexadecimal digits each; None where there is a mark that cannot be read. ``score``: by how many
    deviations it stands out from chance. ``tempo``, ``pitch``: how many times as fast and as high
    it is heard as it was spoken."""

    studio: str | None
    speech: str | None
    start_seconds: float
    end_seconds: float
    score: float
    tempo: float = 1.0
    pitch: float = 1.0


@dataclass(frozen=True, slots=True)
class Inspection:
    """``listened_seconds``: how much of the sound was searched for watermarks."""

    credentials: Credentials
    watermarks: tuple[FoundMark, ...]
    listened_seconds: float
    metadata: dict[str, str]


_INSPECTION = TypeAdapter(Inspection)


def inspect(file: Path, anchors: Path) -> Inspection:
    """In a process of its own. ``anchors`` is a PEM file of the certificates to trust.

    Raises SoundUnreadable where there is nothing in the file that could say anything.
    """
    try:
        return _INSPECTION.validate_python(run_apart(SELF, file, anchors))
    except CheckStopped as error:
        raise SoundUnreadable("it takes too much time or memory to open") from error


def inspect_apart(file: Path, anchors: Path) -> dict[str, Any]:
    credentials = read_credentials(file, anchors.read_text())
    try:
        marks, seconds = _watermarks(file)
        said = Inspection(credentials, marks, seconds, _metadata(file))
    except SoundUnreadable:
        if credentials.state == "none":
            raise
        said = Inspection(credentials, (), 0.0, {})
    return asdict(said)


def _watermarks(file: Path) -> tuple[tuple[FoundMark, ...], float]:
    """The marks, and how many seconds were listened to: once as it is, and where nothing is found
    so, once more with the change undone that a search finds."""
    heard, stretches = _Listened(stream_sound(file)), Stretches()
    marks = found(listen(stretches.through(heard)))
    change = None if marks else search(stretches)
    if change is not None:
        again = listen(_Listened(stream_sound(file)), change=change)
        marks = found(again, change)
    return tuple(marks), heard.seconds


class _Listened(Iterator[Samples]):
    """The first ``LISTENED_SECONDS`` of the sound, counted."""

    def __init__(self, pieces: Iterator[Samples]) -> None:
        self._pieces = pieces
        self.seconds = 0.0

    def __next__(self) -> Samples:
        if self.seconds >= LISTENED_SECONDS:
            raise StopIteration
        piece = next(self._pieces)
        self.seconds += len(piece) / SAMPLE_RATE
        return piece


def found(heard: Iterable[Heard], change: Change = UNCHANGED) -> list[FoundMark]:
    """One for each payload, in the order in which they are heard."""
    windows = list(heard)
    read = [each for each in windows if each.payload]
    marks: dict[str, FoundMark] = {}
    for each in windows:
        if each.payload is None and _of_two(each, read):
            continue
        mark = _mark(each, change)
        name = str(each.payload)
        marks[name] = _longer(marks[name], mark) if name in marks else mark
    return list(marks.values())


def _of_two(unread: Heard, read: Sequence[Heard]) -> bool:
    """Whether it lies over the joint of marks that are read beside it: it is no third."""
    ends = unread.start_seconds, unread.end_seconds
    return all(any(each.start_seconds <= end <= each.end_seconds for each in read) for end in ends)


def _mark(heard: Heard, change: Change) -> FoundMark:
    studio, speech = str(heard.payload).split("-") if heard.payload else (None, None)
    start, end = round(heard.start_seconds, 2), round(heard.end_seconds, 2)
    played = round(change.tempo, 3), round(change.pitch, 3)
    return FoundMark(studio, speech, start, end, round(heard.score, 1), *played)


def _longer(first: FoundMark, later: FoundMark) -> FoundMark:
    score = max(first.score, later.score)
    return replace(first, end_seconds=later.end_seconds, score=score)


def _metadata(file: Path) -> dict[str, str]:
    try:
        with av.open(str(file), "r", options=ONE_FILE) as container:
            tags = islice(container.metadata.items(), MOST_TAGS)
            return {name[:MOST_LETTERS]: value[:MOST_LETTERS] for name, value in tags}
    except FFmpegError:
        return {}
