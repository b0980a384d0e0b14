"""Processes die while a webhook is told; it is told all the same."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psutil
import pytest

from serve.client import StudioClient
from tests.fakes.senders import is_signed
from tests.faults.test_kills import start_lesson
from tests.running import RunningStudio, wait_until

pytestmark = pytest.mark.cluster


class Receiver(ThreadingHTTPServer):
    """Says nothing until ``speaks`` is set; remembers each request's headers and body."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Hearing)
        self.speaks = threading.Event()
        self.received: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class Hearing(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.received.append((headers, body))
        self.server.speaks.wait(300)
        try:
            self.send_response(204)
            self.end_headers()
        except ConnectionError:
            pass  # who asked is dead

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the test says what is wrong."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    opened = Receiver()
    thread = threading.Thread(target=opened.serve_forever)
    thread.start()
    try:
        yield opened
    finally:
        opened.speaks.set()
        opened.shutdown()
        thread.join(30)
        opened.server_close()


def test_what_was_being_told_when_every_producer_was_killed_is_told_again(
    running_studio: RunningStudio, studio_client: StudioClient, receiver: Receiver
) -> None:
    hook = studio_client.call(
        "POST", "/api/webhooks", json={"url": receiver.url, "kinds": ["job.succeeded"]}
    )
    job = start_lesson(studio_client, "a knock at the door", scenes=1)
    for _ in studio_client.events(job):
        pass
    wait_until(lambda: len(receiver.received) >= 1, "a request")
    for replica in running_studio.replicas("Producer"):
        with suppress(psutil.NoSuchProcess):  # one too many goes by itself
            replica.kill()
    receiver.speaks.set()

    def delivery() -> dict[str, Any]:
        told = studio_client.call("GET", f"/api/webhooks/{hook['id']}/deliveries")
        (found,) = told["items"]
        return dict(found)

    wait_until(lambda: delivery()["status"] == "succeeded", "a delivery")
    assert delivery()["job_id"] == job
    (first, body), *again = receiver.received
    assert again
    for headers, same in receiver.received:
        assert same == body
        assert headers["lectern-event-id"] == first["lectern-event-id"]
        assert is_signed(headers["lectern-signature"], same, hook["secret"])
    studio_client.call("DELETE", f"/api/webhooks/{hook['id']}")
