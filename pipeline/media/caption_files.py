"""Captions as files: WebVTT for browsers, SubRip for everything else."""

from collections.abc import Sequence
from html import escape

from pipeline.lesson import Cue


def webvtt(cues: Sequence[Cue]) -> str:
    """WebVTT (W3C). Markup characters of the text are escaped."""
    blocks = ["WEBVTT"]
    blocks += [f"{_times(cue, '.')}\n{escape(cue.text, quote=False)}" for cue in cues]
    return "\n\n".join(blocks) + "\n"


def subrip(cues: Sequence[Cue]) -> str:
    """SubRip, numbered from 1."""
    numbered = enumerate(cues, 1)
    return "\n".join(f"{number}\n{_times(cue, ',')}\n{cue.text}\n" for number, cue in numbered)


def _times(cue: Cue, point: str) -> str:
    return f"{_clock(cue.start_seconds, point)} --> {_clock(cue.end_seconds, point)}"


def _clock(seconds: float, point: str) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{thousandths:03}"
