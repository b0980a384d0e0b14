"""A hub on the loopback, as far as downloads need one: a front that knows, and a store that serves.

The front answers as the hub does for a file of a repository: with its commit and its hash, and for
a large one with the address of the store, which is another host and must not see the token.
"""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import unquote

import huggingface_hub.constants as client
import pytest

COMMIT = "c0ffee" + "0" * 34
SMALL = 1000
"""Files up to this many bytes are not in the store."""


def git_hash(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class Seen:
    """A request for a file's bytes or (``method`` HEAD) for what is known of it."""

    method: str
    path: str
    range: str | None
    authorised: bool


@dataclass
class Hub:
    """``files``: by ``repository/file``. What else stands here makes it misbehave."""

    files: dict[str, bytes] = field(default_factory=dict)
    commit: str = COMMIT
    token: str | None = None
    cut_after: list[int] = field(default_factory=list)
    """Of each next answer of the store: after how many bytes the connection breaks."""
    hold_after: int | None = None
    """After how many bytes an answer of the store waits until ``go_on``."""
    go_on: threading.Event = field(default_factory=threading.Event)
    store_down: bool = False
    ranges: bool = True
    spoilt: bool = False
    seen: list[Seen] = field(default_factory=list)
    front: str = ""
    store: str = ""

    @property
    def fetched(self) -> list[Seen]:
        return [request for request in self.seen if request.method == "GET"]

    def content(self, sha: str) -> bytes:
        whole = next(content for content in self.files.values() if sha256(content) == sha)
        return whole[::-1] if self.spoilt else whole


class _Answer(BaseHTTPRequestHandler):
    hub: ClassVar[Hub]

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        pass

    def note(self) -> None:
        authorised = self.headers["Authorization"] is not None
        self.hub.seen.append(
            Seen(self.command, unquote(self.path), self.headers["Range"], authorised)
        )

    def answer(self, status: int, headers: dict[str, str], content: bytes = b"") -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    def do_GET(self) -> None:
        raise NotImplementedError


class _Front(_Answer):
    def do_GET(self) -> None:
        repository, _, rest = unquote(self.path).lstrip("/").partition("/resolve/")
        revision, _, name = rest.partition("/")
        content = self.hub.files.get(f"{repository}/{name}")
        if self.hub.token and self.headers["Authorization"] != f"Bearer {self.hub.token}":
            self.answer(401, {"X-Error-Code": "GatedRepo"})
        elif revision not in ("main", self.hub.commit):
            self.answer(404, {"X-Error-Code": "RevisionNotFound"})
        elif content is None:
            self.answer(404, {"X-Error-Code": "EntryNotFound"})
        else:
            self.offer(content)

    def offer(self, content: bytes) -> None:
        commit = {"X-Repo-Commit": self.hub.commit}
        if len(content) <= SMALL:
            self.note()
            self.answer(200, {**commit, "ETag": f'"{git_hash(content)}"'}, content)
            return
        if self.command == "HEAD":
            self.note()
        linked = {"X-Linked-Etag": f'"{sha256(content)}"', "X-Linked-Size": str(len(content))}
        where = {"Location": f"{self.hub.store}/{sha256(content)}"}
        self.answer(302, {**commit, **linked, **where})


class _Store(_Answer):
    def do_GET(self) -> None:
        self.note()
        if self.hub.store_down:
            self.answer(503, {})
            return
        content = self.hub.content(self.path.lstrip("/"))
        asked = self.headers["Range"]
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.hub.ranges else 0
        rest = content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(rest)))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        self.send(rest[: self.hub.cut_after.pop(0)] if self.hub.cut_after else rest)

    def send(self, content: bytes) -> None:
        at = len(content) if self.hub.hold_after is None else self.hub.hold_after
        self.wfile.write(content[:at])
        if content[at:]:
            self.hub.go_on.wait()
            with suppress(ConnectionError):  # who asked may have been killed meanwhile
                self.wfile.write(content[at:])


@contextmanager
def running_hub() -> Iterator[Hub]:
    hub = Hub()
    front = ThreadingHTTPServer(("127.0.0.1", 0), type("Front", (_Front,), {"hub": hub}))
    store = ThreadingHTTPServer(("127.0.0.1", 0), type("Store", (_Store,), {"hub": hub}))
    hub.front = f"http://127.0.0.1:{front.server_port}"
    hub.store = f"http://127.0.0.1:{store.server_port}"
    threads = [threading.Thread(target=server.serve_forever) for server in (front, store)]
    for thread in threads:
        thread.start()
    try:
        yield hub
    finally:
        hub.go_on.set()
        for server in (front, store):
            server.shutdown()
            server.server_close()
        for thread in threads:
            thread.join()


@contextmanager
def asked_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub that the client of this process asks. (It reads HF_ENDPOINT only when imported.)"""
    with running_hub() as hub:
        template = hub.front + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(client, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(client, "ENDPOINT", hub.front)
        monkeypatch.setattr(client, "HF_HUB_OFFLINE", False)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield hub
