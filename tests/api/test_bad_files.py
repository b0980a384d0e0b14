"""Files that cannot be used: each is refused with the reason, and nothing of it is kept."""

import io
import zipfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.storage import Storage, user_prefix
from serve import uploads
from tests.api import files
from tests.api.conftest import Person
from tests.api.problems import assert_problem

Make = Callable[[], bytes]
Bad = dict[str, tuple[Make, str]]


def noise(width: int, height: int) -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)
    return Image.fromarray(pixels)


def animated(form: str) -> bytes:
    frames = [noise(300, 300), files.astronaut().resize((300, 300))]
    return files.encoded(frames[0], form, save_all=True, append_images=frames[1:])


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("portrait.png", files.encoded(files.astronaut()))
    return file.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512"/>'
HTML = b"<!doctype html><html><body><script>alert(1)</script></body></html>"
PLAYLIST = b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
CONCAT = b"ffconcat version 1.0\nfile /etc/passwd\n"

BAD_PORTRAITS: Bad = {
    "nothing at all": (lambda: b"", "picture_unreadable"),
    "html called png": (lambda: HTML, "picture_unreadable"),
    "an svg": (lambda: SVG, "picture_unreadable"),
    "a gif": (lambda: files.encoded(files.astronaut(), "GIF"), "picture_unreadable"),
    "a bmp": (lambda: files.encoded(files.astronaut(), "BMP"), "picture_unreadable"),
    "a tiff": (lambda: files.encoded(files.astronaut(), "TIFF"), "picture_unreadable"),
    "a zip": (zipped, "picture_unreadable"),
    "a pdf": (files.pdf, "picture_unreadable"),
    "a recording": (lambda: files.wav(files.voice(4)), "picture_unreadable"),
    "a jpeg cut off": (
        lambda: files.encoded(files.astronaut(), "JPEG")[:9000],
        "picture_unreadable",
    ),
    "a png cut off": (lambda: files.encoded(files.astronaut())[:50_000], "picture_unreadable"),
    "a png's first bytes": (lambda: b"\x89PNG\r\n\x1a\n", "picture_unreadable"),
    "a webp cut off": (
        lambda: files.encoded(files.astronaut(), "WEBP")[:3000],
        "picture_unreadable",
    ),
    "a comment that unpacks to 200 MB": (files.text_bomb, "picture_unreadable"),
    "a png that claims 50,000 pixels a side": (
        lambda: files.png_header(50_000, 50_000),
        "picture_unreadable",
    ),
    "a png with pixels missing": (lambda: files.png_header(8000, 8000), "picture_unreadable"),
    "too small": (lambda: files.encoded(files.astronaut().resize((200, 200))), "picture_size"),
    "too long": (lambda: files.encoded(Image.new("1", (9000, 300))), "picture_size"),
    "an animated png": (lambda: animated("PNG"), "picture_unreadable"),
    "an animated webp": (lambda: animated("WEBP"), "picture_unreadable"),
    "no face": (lambda: files.encoded(noise(512, 512), "JPEG"), "no_face"),
    "an empty page": (lambda: files.encoded(Image.new("RGB", (512, 512), "white")), "no_face"),
    "two faces": (files.two_faces, "several_faces"),
    "a face too small": (files.small_face, "face_too_small"),
    "a head on its side": (
        lambda: files.encoded(files.astronaut().resize((1024, 1024)).rotate(40), "JPEG"),
        "face_tilted",
    ),
}

BAD_SLIDES: Bad = {
    "a pdf cut off": (lambda: files.pdf()[:120], "picture_unreadable"),
    "a pdf in name only": (lambda: b"%PDF-1.7\n" + b"\0" * 1000, "picture_unreadable"),
    "a page as thin as a hair": (lambda: files.pdf(10_000, 10), "picture_size"),
    "text": (lambda: b"Hello.", "picture_unreadable"),
}

BAD_VOICES: Bad = {
    "nothing at all": (lambda: b"", "sound_unreadable"),
    "a wav's header only": (lambda: files.wav(files.voice(0)), "voice_length"),
    "a wav cut off in its header": (lambda: files.wav(files.voice(4))[:30], "sound_unreadable"),
    "text": (lambda: b"Hello.", "sound_unreadable"),
    "a picture": (lambda: files.encoded(files.astronaut()), "sound_unreadable"),
    "a playlist": (lambda: PLAYLIST, "sound_unreadable"),
    "a list of files": (lambda: CONCAT, "sound_unreadable"),
    "a wav of random bytes": (
        lambda: b"RIFF" + np.random.default_rng(0).bytes(50_000),
        "sound_unreadable",
    ),
    "an mp4 of zeros": (lambda: b"\0\0\0\x20ftypM4A " + b"\0" * 5000, "sound_unreadable"),
    "a video without sound": (files.silent_video, "sound_unreadable"),
    "two seconds": (lambda: files.wav(files.voice(2)), "voice_length"),
    "ten minutes": (lambda: files.wav(files.voice(600, 8000), 8000), "voice_length"),
    "silence": (lambda: files.wav(np.zeros(80_000, np.float32)), "voice_silent"),
    "a whisper of noise": (
        lambda: files.wav(np.random.default_rng(0).normal(0, 0.05, 80_000).astype(np.float32)),
        "voice_silent",
    ),
    "a tone": (
        lambda: files.wav(np.sin(np.arange(80_000) * 0.2).astype(np.float32) * 0.5),
        "voice_silent",
    ),
    "one word in a minute": (
        lambda: files.wav(np.pad(files.voice(2), (0, 60 * files.RATE))),
        "voice_silent",
    ),
    "overdriven": (lambda: files.wav(files.voice(6, loudness=20)), "voice_clipped"),
}

BAD_SCRIPTS: Bad = {
    "nothing at all": (lambda: b"", "nothing_to_say"),
    "blanks": (lambda: b" \n\t\n ", "nothing_to_say"),
    "only emoji": (lambda: "😀 🎉".encode(), "nothing_to_say"),
    "only a pause": (lambda: b"[pause 2s]", "nothing_to_say"),
    "NUL": (lambda: b"Hello\0 world.", "script_unreadable"),
    "latin-1": (lambda: "Grüße aus Köln.".encode("latin-1"), "script_unreadable"),
    "utf-16": (lambda: "Hello.".encode("utf-16"), "script_unreadable"),
    "a picture": (lambda: files.encoded(files.astronaut()), "script_unreadable"),
    "100,001 characters": (lambda: b"word " * 20_000 + b"!", "script_too_long"),
    "a pause of hours": (lambda: b"Wait. [pause 9999s] Go on.", "pause_too_long"),
}


def checked_here(check: str, source: Path, target: Path) -> dict[str, Any]:
    module, function = check.split(":")
    found: dict[str, Any] = getattr(import_module(module), function)(source, target)
    return found


@pytest.fixture(autouse=True)
def _not_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty processes take longer than all that they do: see ``test_apart.py`` for one."""
    monkeypatch.setattr(uploads, "run_apart", checked_here)


def assert_refused(person: Person, storage: Storage, kind: str, data: bytes, code: str) -> None:
    body = assert_problem(person.upload(kind, data, "portrait.png"), 422, code)
    assert body["detail"].endswith((".", ")", "open", "file", "picture")) or ":" in body["detail"]
    assert body["advice"]
    assert "/tmp" not in body["detail"]
    assert list(storage.list(user_prefix(person.user.id))) == []
    assert person.get("/api/assets").json()["total"] == 0


@pytest.mark.parametrize(
    ("kind", "bad"),
    [
        ("portrait", BAD_PORTRAITS),
        ("slide", BAD_SLIDES),
        ("voice", BAD_VOICES),
        ("script", BAD_SCRIPTS),
    ],
    ids=["portraits", "slides", "voices", "scripts"],
)
def test_a_bad_file_is_refused_with_its_reason(
    ada: Person, storage: Storage, subtests: pytest.Subtests, kind: str, bad: Bad
) -> None:
    for name, (make, code) in bad.items():
        with subtests.test(name):
            assert_refused(ada, storage, kind, make(), code)
