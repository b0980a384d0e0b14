"""A speech service on loopback, as OpenAI's protocol or Zyphra's has it, or one that misbehaves."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from wave import open as open_wave

import av
import numpy as np
import soxr

from deployments.zyphra.espeak_voice import SAMPLE_RATE as ESPEAK_RATE
from deployments.zyphra.espeak_voice import recite

Answer = Callable[[str, float], bytes]
"""From a text and the speed it is to be spoken at."""


@cache
def spoken_pcm(text: str, speed: float = 1.0, rate: int = 24_000) -> bytes:
    """The text in espeak-ng's voice, 16 bit, mono, with a moment of silence around it."""
    wave = recite(text.split(), "en-us", "m3").wave
    wave = soxr.resample(wave, ESPEAK_RATE * speed, rate)
    sound = np.pad(0.8 * wave, rate // 5)
    return bytes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


def spoken_wav(text: str, speed: float = 1.0, rate: int = 24_000) -> bytes:
    file = BytesIO()
    with open_wave(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(rate)
        written.writeframes(spoken_pcm(text, speed, rate))
    return file.getvalue()


def spoken_flac(text: str, speed: float = 1.0, rate: int = 24_000) -> bytes:
    file = BytesIO()
    sound = np.frombuffer(spoken_pcm(text, speed, rate), "<i2")
    with av.open(file, "w", format="flac") as output:
        stream = output.add_stream("flac", rate=rate, layout="mono", format="s16")
        frame = av.AudioFrame.from_ndarray(sound[None], format="s16", layout="mono")
        frame.sample_rate = rate
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return file.getvalue()


@dataclass
class SpeechEndpoint:
    """``statuses`` are answered first, one a request; then what ``answer`` makes of the text.

    ``cut``: the connection ends in the middle of it. ``hang``: so it does, but stays open until the
    client has left, which sets ``left``; with ``hang_at`` only from that request on (from 0).
    """

    answer: Answer = spoken_wav
    statuses: list[int] = field(default_factory=list)
    cut: bool = False
    hang: bool = False
    hang_at: int = 0
    origin: str = ""
    paths: list[str] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    hanging: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)

    def texts(self) -> list[str]:
        return [_text(asked) for asked in self.asked]


def _text(asked: dict[str, Any]) -> str:
    return str(asked.get("input", asked.get("text")))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, endpoint: SpeechEndpoint) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.endpoint = endpoint


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        endpoint = self.server.endpoint
        length = int(self.headers["Content-Length"])
        asked = json.loads(self.rfile.read(length))
        endpoint.paths.append(self.path)
        endpoint.asked.append(asked)
        endpoint.headers.append({name.lower(): value for name, value in self.headers.items()})
        number = len(endpoint.asked) - 1
        try:
            if endpoint.statuses:
                body = json.dumps({"error": {"message": "no, thank you"}}).encode()
                self._send(endpoint.statuses.pop(0), body, len(body))
            else:
                self._speak(endpoint, _text(asked), asked.get("speed", 1.0), number)
        except OSError:  # at any write, also in the middle of the answer
            endpoint.left.set()

    def _speak(self, endpoint: SpeechEndpoint, text: str, speed: float, number: int) -> None:
        sound = endpoint.answer(text, speed)
        hang = endpoint.hang and number >= endpoint.hang_at
        whole = not (endpoint.cut or hang)
        self._send(200, sound if whole else sound[: len(sound) // 2], len(sound))
        if hang:
            endpoint.hanging.set()
            self._wait(endpoint)

    def _send(self, status: int, body: bytes, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "audio/wav" if status == 200 else "application/json")
        self.send_header("Content-Length", str(length))
        self.send_header("Retry-After-Ms", "1")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _wait(self, endpoint: SpeechEndpoint) -> None:
        """A client that leaves ends its side of the connection, which then reads as empty."""
        self.connection.settimeout(0.05)
        while not endpoint.released.is_set():
            try:
                if not self.connection.recv(1):
                    endpoint.left.set()
                    return
            except TimeoutError:
                time.sleep(0.01)

    def log_message(self, format: str, *args: Any) -> None:
        """Not on the terminal."""


@contextmanager
def speech_endpoint(endpoint: SpeechEndpoint) -> Iterator[SpeechEndpoint]:
    server = _Server(endpoint)
    serving = threading.Thread(target=server.serve_forever, args=[0.01])
    serving.start()
    endpoint.origin = f"http://127.0.0.1:{server.server_port}"
    try:
        yield endpoint
    finally:
        endpoint.released.set()
        server.shutdown()
        serving.join()
        server.server_close()
