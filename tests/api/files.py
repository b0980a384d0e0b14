"""Pictures and recordings, good and bad, made when they are needed."""

import io
import struct
import wave
import zlib
from functools import cache
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from skimage import data

RATE = 16_000


@cache
def astronaut() -> Image.Image:
    """One face; NASA, public domain."""
    return Image.fromarray(data.astronaut())


def encoded(picture: Image.Image, form: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def two_faces() -> bytes:
    pair = Image.new("RGB", (1024, 512))
    pair.paste(astronaut(), (0, 0))
    pair.paste(astronaut(), (512, 0))
    return encoded(pair, "JPEG")


def small_face() -> bytes:
    scene = Image.new("RGB", (400, 400), "white")
    scene.paste(astronaut().resize((150, 150)), (100, 100))
    return encoded(scene)


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims this size, and holds next to nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100_000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def text_bomb() -> bytes:
    """A PNG with a compressed comment that unpacks to 200 MB."""
    good = encoded(astronaut())
    body = b"comment\0\0" + zlib.compress(b"\0" * 200_000_000, 9)
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body
    chunk += struct.pack(">I", zlib.crc32(b"zTXt" + body))
    return good[:33] + chunk + good[33:]


def voice(seconds: float, rate: int = RATE, loudness: float = 0.5) -> NDArray[np.float32]:
    """Something with the rhythm of speech: syllables of a low voice, with a breath now and then."""
    at = np.arange(round(seconds * rate)) / rate
    tone = sum(np.sin(2 * np.pi * 120 * k * at) / k for k in range(1, 12))
    syllables = np.clip(np.sin(2 * np.pi * 4 * at), 0, 1)
    phrases = (at % 3.0) < 2.6
    sound = loudness * 0.4 * np.asarray(tone) * syllables * phrases
    noise = np.random.default_rng(0).normal(0, 0.0005, len(at))
    return (sound + noise).astype(np.float32)


def wav(samples: NDArray[np.float32], rate: int = RATE) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as output:
        output.setnchannels(1)
        output.setsampwidth(2)
        output.setframerate(rate)
        output.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return file.getvalue()


def compressed(samples: NDArray[np.float32], form: str, codec: str, rate: int = 48_000) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=form) as output:
        stream = output.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate = rate
        resampler = av.AudioResampler(
            format=stream.format, layout="mono", rate=rate, frame_size=stream.frame_size
        )
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
    return file.getvalue()


def silent_video() -> bytes:
    """An MP4 with pictures and no sound."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as output:
        stream = output.add_stream("libx264", rate=25)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for _ in range(25):
            output.mux(stream.encode(av.VideoFrame(64, 64, "yuv420p")))
        output.mux(stream.encode(None))
    return file.getvalue()


def pdf(width: int = 960, height: int = 540) -> bytes:
    """One page with a grey box."""
    drawing = b"0.5 g 100 100 300 200 re f"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R>>" % (width, height),
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawing), drawing),
    ]
    body = b"%PDF-1.4\n"
    offsets = []
    for number, each in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 5\n0000000000 65535 f \n" + table
    return body + head + b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(body)
