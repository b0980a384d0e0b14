"""When what is said in a lesson, kept as a file: enough for its player page, without any media."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.lesson import FinishedScene, Scene, Word

TIMINGS = "timings.json"


@dataclass(frozen=True, slots=True)
class _Timed:
    scene: Scene
    seconds: float
    words: tuple[Word, ...]
    sentences: tuple[tuple[int, int], ...]


_TIMED = TypeAdapter(tuple[_Timed, ...])


def dump_timings(scenes: Sequence[FinishedScene]) -> bytes:
    return _TIMED.dump_json(
        tuple(_Timed(each.scene, each.seconds, each.words, each.sentences) for each in scenes)
    )


def load_timings(data: bytes) -> list[FinishedScene]:
    """The scenes again, but for their sound and their clips: there are no such files."""
    return [
        FinishedScene(each.scene, Path(), None, each.seconds, each.words, each.sentences)
        for each in _TIMED.validate_json(data)
    ]
