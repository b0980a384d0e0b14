"""Which letters can be drawn into a picture here, and each with which font.

Noto Sans comes with the studio. Chinese, Japanese and Korean are drawn with Noto Sans CJK where the
machine has it: it is far larger than the studio, and most lessons need none of it.
"""

from collections.abc import Iterator
from functools import cache
from itertools import groupby

from fontpkg.pil import truetype
from PIL import ImageDraw, ImageFont

FAMILY, WEIGHT = "Noto Sans", 560
EAST_ASIAN = "NotoSansCJK-Bold.ttc"
JAPANESE, KOREAN, CHINESE = 0, 1, 2
"""The faces of that file: the same letter is drawn in the way of each of these."""
KANA, HANGUL = ("\u3040", "\u30ff"), ("\uac00", "\ud7a3")
NO_LETTER = "\uffff"
"""Never assigned: every font draws its sign for a missing letter."""
TO_LOOK = 16.0


def lacking(text: str) -> list[str]:
    """The letters of a text that no font here has; control characters are none."""
    fonts = _fonts(TO_LOOK, CHINESE)
    letters = sorted(letter for letter in set(text) if letter.isprintable())
    return [letter for letter in letters if not any(_has(font, letter) for font in fonts)]


class Lettering:
    """Letters of one height in pixels, in the way of the language that ``sample`` is written in."""

    def __init__(self, height: float, sample: str) -> None:
        self.height = height
        self._fonts = _fonts(height, _face(sample))

    @property
    def metrics(self) -> tuple[int, int]:
        """How far lines reach above and below the letters' foot, in pixels."""
        return self._fonts[0].getmetrics()

    def length(self, line: str) -> float:
        return sum(font.getlength(run) for font, run in self._runs(line))

    def draw(self, draw: ImageDraw.ImageDraw, middle: float, foot: float, line: str) -> None:
        """Draws the line around ``middle``, in full opacity."""
        runs = list(self._runs(line))
        if len(runs) == 1:
            draw.text((middle, foot), line, fill=255, font=runs[0][0], anchor="ms")
            return
        left = middle - self.length(line) / 2
        for font, run in runs:
            draw.text((left, foot), run, fill=255, font=font, anchor="ls")
            left += font.getlength(run)

    def _runs(self, line: str) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
        for at, run in groupby(line, self._font_at):
            yield self._fonts[at], "".join(run)

    def _font_at(self, letter: str) -> int:
        return next((at for at, font in enumerate(self._fonts) if _has(font, letter)), 0)


def _fonts(height: float, face: int) -> tuple[ImageFont.FreeTypeFont, ...]:
    """What is tried in turn for each letter."""
    usual: ImageFont.FreeTypeFont = truetype(FAMILY, height, WEIGHT)
    file = east_asian_file()
    return (usual,) if file is None else (usual, ImageFont.truetype(file, height, index=face))


@cache
def east_asian_file() -> str | None:
    """Where this machine keeps Noto Sans CJK; looked for in the folders that its system names."""
    try:
        return str(ImageFont.truetype(EAST_ASIAN, TO_LOOK).path)
    except OSError:
        return None


def _has(font: ImageFont.FreeTypeFont, letter: str) -> bool:
    return bytes(font.getmask(letter)) != bytes(font.getmask(NO_LETTER))


def _face(sample: str) -> int:
    if any(KANA[0] <= letter <= KANA[1] for letter in sample):
        return JAPANESE
    return KOREAN if any(HANGUL[0] <= letter <= HANGUL[1] for letter in sample) else CHINESE
