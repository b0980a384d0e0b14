"""The files of a studio on one machine, seen from another: not at the loopback's address."""

import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest

from pipeline.errors import ServiceFailed
from pipeline.storage import Storage
from serve.services.doorway import address_for_others, doorway
from serve.services.objects import ObjectStore

ELSEWHERE = "127.0.0.2"
"""Ours as well, but not where the store listens."""
FILM = bytes(range(256)) * 80_000


@pytest.fixture(scope="module")
def seen(object_store: ObjectStore) -> Storage:
    """A bucket with a film, its addresses signed for the door."""
    door = f"http://{ELSEWHERE}:{port_of(object_store)}"
    keys = object_store.keys
    named = (keys.access_key, keys.secret_key, "test-doorway")
    made = Storage(object_store.endpoint_url, *named, public_endpoint_url=door)
    made.ensure_bucket()
    made.put("film.mp4", FILM, "video/mp4")
    return made


def port_of(store: ObjectStore) -> int:
    return store.ports["s3"]


def test_a_signed_address_holds_at_the_door_and_for_many_at_once(
    object_store: ObjectStore, seen: Storage
) -> None:
    address = seen.presign_get("film.mp4", 600)
    assert urlsplit(address).hostname == ELSEWHERE
    with doorway(ELSEWHERE, port_of(object_store)), ThreadPoolExecutor(8) as readers:
        whole = list(readers.map(lambda _: httpx.get(address, timeout=60).content, range(8)))
        part = httpx.get(address, headers={"Range": "bytes=1000-1999"}, timeout=60)
    assert all(each == FILM for each in whole)
    assert (part.status_code, part.content) == (206, FILM[1000:2000])


def test_what_a_browser_uploads_goes_through_the_door(
    object_store: ObjectStore, seen: Storage
) -> None:
    with doorway(ELSEWHERE, port_of(object_store)):
        offer = seen.presign_put("up.bin", "application/octet-stream", len(FILM), None, 600)
        sent = httpx.put(offer.url, content=FILM, headers=offer.headers, timeout=60)
    assert sent.is_success, sent.text
    assert seen.get("up.bin") == FILM


def test_who_hangs_up_early_takes_nobody_along(object_store: ObjectStore, seen: Storage) -> None:
    address = seen.presign_get("film.mp4", 600)
    with doorway(ELSEWHERE, port_of(object_store)):
        for _ in range(20):
            with httpx.stream("GET", address, timeout=60) as answer:
                next(answer.iter_raw())
        assert httpx.get(address, timeout=60).content == FILM


def test_outside_of_it_nobody_gets_in(object_store: ObjectStore, seen: Storage) -> None:
    with doorway(ELSEWHERE, port_of(object_store)):
        pass
    with pytest.raises(httpx.ConnectError):
        httpx.get(seen.presign_get("film.mp4", 600), timeout=60)


def test_nothing_behind_it_is_no_more_than_a_closed_connection() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with doorway(ELSEWHERE, port), pytest.raises(httpx.TransportError):
            httpx.get(f"http://{ELSEWHERE}:{port}", timeout=60)


@pytest.mark.parametrize("host", ["192.0.2.7", ELSEWHERE])
def test_an_address_that_cannot_be_taken_is_told(host: str) -> None:
    with socket.socket() as taken:
        taken.bind((ELSEWHERE, 0))
        taken.listen()
        door = doorway(host, taken.getsockname()[1])
        with pytest.raises(ServiceFailed, match="the door to the files"):
            door.__enter__()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_the_loopback_is_for_ourselves(host: str) -> None:
    assert address_for_others(host) is None


def test_a_name_is_called_by_it() -> None:
    assert address_for_others("studio.example.org") == "studio.example.org"


def test_every_address_is_called_by_one() -> None:
    found = address_for_others("0.0.0.0")
    assert found is None or socket.inet_aton(found)
