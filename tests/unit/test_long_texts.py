"""Texts that are as long as they may be are read in no time, whatever they consist of.

A pattern that tries its pieces in every way would take minutes over each of these, and stop the
whole process meanwhile.
"""

import pytest

from deployments.zyphra.narration import read_narration
from pipeline.outline import read_notes
from pipeline.script import split_script
from pipeline.sentences import PAUSE, estimate_seconds

LENGTH = 90_000
TEXTS = {
    "digits of a pause": "It rains [pause " + "1" * LENGTH + " on.",
    "blanks of a pause": "It rains [pause 1" + " " * LENGTH + "on.",
    "empty lines": "It rains." + "\n" * LENGTH + "It snows.",
    "lines of blanks": "It rains." + " \n" * (LENGTH // 2) + "It snows.",
    "stars of a scene": "Scene 1: rain " + "*" * LENGTH + "x\n\nIt rains.",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_text_of_nothing_but_the_same_is_read(text: str) -> None:
    for scene in split_script(text):
        assert read_narration(scene.narration)
        assert estimate_seconds(scene.narration) > 0
    assert read_notes(text)


@pytest.mark.parametrize(
    ("written", "length", "unit"),
    [
        ("[pause]", None, None),
        ("[ Pause: 0.8 s ]", "0.8", "s"),
        ("[pause = ,5]", ",5", None),
        ("[pause 800ms]", "800", "ms"),
        ("[pause 2 seconds]", "2", "s"),
    ],
)
def test_a_pause_is_read_however_it_is_written(
    written: str, length: str | None, unit: str | None
) -> None:
    found = PAUSE.fullmatch(written)
    assert found is not None
    assert found.groups() == (length, unit)
