"""A chat endpoint on loopback that answers as the OpenAI protocol has it, or misbehaves."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SCRIPT = (
    "# Evaporation\n",
    "The sun warms ",
    "the sea. Water rises as vapour.\n\n",
    "# Rain\nVapour cools and",
    " becomes clouds. Rain falls on the hills.\n",
)


@dataclass
class ChatEndpoint:
    """``statuses`` are answered first, one a request; then the ``answer`` is streamed.

    ``cut``: the connection ends before the answer does. ``hang``: only comments come after it (not
    even these if ``hang_silently``), until the client has left, which sets ``left``.
    """

    answer: Sequence[str] = SCRIPT
    statuses: list[int] = field(default_factory=list)
    cut: bool = False
    hang: bool = False
    hang_silently: bool = False
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, endpoint: ChatEndpoint) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.endpoint = endpoint


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        endpoint = self.server.endpoint
        length = int(self.headers["Content-Length"])
        endpoint.asked.append(json.loads(self.rfile.read(length)))
        endpoint.keys.append(self.headers["Authorization"])
        try:
            if endpoint.statuses:
                self._refuse(endpoint.statuses.pop(0))
            else:
                self._stream(endpoint)
        except OSError:  # at any write, also in the middle of the answer
            endpoint.left.set()

    def _refuse(self, status: int) -> None:
        body = json.dumps({"error": {"message": "no, thank you"}}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Retry-After-Ms", "1")
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, endpoint: ChatEndpoint) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        for text in endpoint.answer:
            self._send({"delta": {"content": text}, "finish_reason": None})
        if endpoint.hang:
            self._wait(endpoint)
        elif not endpoint.cut:
            self._send({"delta": {}, "finish_reason": "stop"})
            self.wfile.write(b"data: [DONE]\n\n")

    def _send(self, choice: dict[str, Any]) -> None:
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m"}
        line = json.dumps({**chunk, "choices": [{"index": 0, **choice}]})
        self.wfile.write(f"data: {line}\n\n".encode())
        self.wfile.flush()

    def _wait(self, endpoint: ChatEndpoint) -> None:
        """Comments keep an event stream open; writing one fails when the client has left."""
        while not endpoint.released.wait(0.02):
            if not endpoint.hang_silently:
                self.wfile.write(b": still here\n\n")
                self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Not on the terminal."""


@contextmanager
def chat_endpoint(endpoint: ChatEndpoint) -> Iterator[ChatEndpoint]:
    server = _Server(endpoint)
    serving = threading.Thread(target=server.serve_forever, args=[0.01])
    serving.start()
    endpoint.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield endpoint
    finally:
        endpoint.released.set()
        server.shutdown()
        serving.join()
        server.server_close()
