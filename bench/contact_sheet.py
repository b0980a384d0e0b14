"""A lesson on one page: pictures from its video, each with the caption spoken over it.

    python bench/contact_sheet.py out/sample/lesson.mp4 docs/pictures/sample-contact-sheet.jpg

The captions are the ``captions.vtt`` beside the video.
"""

import argparse
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import webvtt
from PIL import Image, ImageDraw, ImageFont

from pipeline.lesson import FPS

GAP = 20
CAPTION_HEIGHT = 92
CLOCK_WIDTH = 40
FONT_SIZE = 17
LETTER_WIDTH = 8.4
"""Pixels, on average at that size."""
PAPER, INK, FAINT = "#ffffff", "#1f2a30", "#7a868c"
JPEG_QUALITY = 86


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of the lesson, and what is said then."""

    seconds: float
    text: str


def moments(captions: Path, count: int) -> list[Moment]:
    """The middles of ``count`` captions, spread evenly over the lesson."""
    cues = webvtt.read(str(captions)).captions
    picked = [cues[(2 * k + 1) * len(cues) // (2 * count)] for k in range(count)]
    return [
        Moment((cue.start_in_seconds + cue.end_in_seconds) / 2, " ".join(cue.text.split()))
        for cue in picked
    ]


def picture_at(video: Path, seconds: float) -> Image.Image:
    """The picture that is shown ``seconds`` after the start."""
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        container.seek(int(seconds * av.time_base))
        for frame in container.decode(stream):
            if frame.time + 1 / FPS > seconds:
                return Image.fromarray(frame.to_ndarray(format="rgb24"))
    raise SystemExit(f"{video} has no picture at {seconds:.2f} s")


def contact_sheet(video: Path, shown: Sequence[Moment], columns: int, width: int) -> Image.Image:
    """A picture ``width`` pixels wide for each moment, in rows of ``columns``."""
    rows = -(-len(shown) // columns)
    pictures = [picture_at(video, moment.seconds) for moment in shown]
    height = round(width * pictures[0].height / pictures[0].width)
    across, down = width + GAP, height + CAPTION_HEIGHT
    sheet = Image.new("RGB", (GAP + columns * across, GAP + rows * down), PAPER)
    draw = ImageDraw.Draw(sheet)
    for k, (moment, picture) in enumerate(zip(shown, pictures, strict=True)):
        x, y = GAP + k % columns * across, GAP + k // columns * down
        sheet.paste(picture.resize((width, height), Image.Resampling.LANCZOS), (x, y))
        _caption(draw, moment, (x, y + height + 8), width)
    return sheet


def _caption(draw: ImageDraw.ImageDraw, moment: Moment, at: tuple[int, int], width: int) -> None:
    x, y = at
    font = ImageFont.load_default(FONT_SIZE)
    clock = f"{int(moment.seconds) // 60}:{int(moment.seconds) % 60:02}"
    draw.text((x, y), clock, FAINT, ImageFont.load_default(FONT_SIZE - 3))
    letters = int((width - CLOCK_WIDTH) / LETTER_WIDTH)
    words = "\n".join(textwrap.wrap(moment.text, letters, max_lines=3, placeholder=" …"))
    draw.multiline_text((x + CLOCK_WIDTH, y - 2), words, INK, font, spacing=3)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    ask.add_argument("video", type=Path)
    ask.add_argument("sheet", type=Path)
    ask.add_argument("--count", type=int, default=8)
    ask.add_argument("--columns", type=int, default=4)
    ask.add_argument("--width", type=int, default=320, help="of each picture, in pixels")
    wanted = ask.parse_args()
    shown = moments(wanted.video.with_name("captions.vtt"), wanted.count)
    contact_sheet(wanted.video, shown, wanted.columns, wanted.width).save(
        wanted.sheet, quality=JPEG_QUALITY, optimize=True
    )
    print(f"{wanted.sheet}: {wanted.sheet.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
