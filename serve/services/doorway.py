"""A door for other machines: what comes to an address of ours goes on to a port of the loopback.

The parts of the object store listen at one address together, and most of them must not be reached
from elsewhere; but browsers on other machines need an address for the files.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

from anyio import (
    BrokenResourceError,
    CancelScope,
    ClosedResourceError,
    connect_tcp,
    create_task_group,
    create_tcp_listener,
)
from anyio.abc import SocketStream
from anyio.from_thread import start_blocking_portal

from pipeline.errors import ServiceFailed
from serve.services.ports import LOOPBACK

OURS_ALONE = (LOOPBACK, "localhost", "::1")
EVERY_ADDRESS = ("0.0.0.0", "::")
ELSEWHERE = ("192.0.2.1", 9)
"""Kept for documentation (RFC 5737), and nothing is sent there."""


def address_for_others(host: str) -> str | None:
    """How other machines call one that listens at ``host``; None where they cannot."""
    if host in OURS_ALONE:
        return None
    if host not in EVERY_ADDRESS:
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(ELSEWHERE)
        return str(probe.getsockname()[0])
    return None


@contextmanager
def doorway(host: str, port: int) -> Iterator[None]:
    """The port at ``host`` leads to the same one of the loopback, as long as one is inside.

    Raises ServiceFailed where the address is not ours, or its port is taken.
    """
    with start_blocking_portal(name="doorway") as portal:
        try:
            listener = portal.call(partial(create_tcp_listener, local_host=host, local_port=port))
        except OSError as error:
            raise ServiceFailed("the door to the files", str(error)) from error
        open_ = portal.start_task_soon(listener.serve, partial(_pass_on, port))
        try:
            yield
        finally:
            open_.cancel()
            portal.call(listener.aclose)


async def _pass_on(port: int, outside: SocketStream) -> None:
    async with outside:
        # a store that is being started again refuses: whoever asked may ask once more
        with suppress(OSError):
            async with await connect_tcp(LOOPBACK, port) as inside, create_task_group() as both:
                both.start_soon(_copy, outside, inside, both.cancel_scope)
                both.start_soon(_copy, inside, outside, both.cancel_scope)


async def _copy(source: SocketStream, sink: SocketStream, both: CancelScope) -> None:
    """Until one side has hung up: then neither has anybody to talk to."""
    with suppress(BrokenResourceError, ClosedResourceError):
        async for part in source:
            await sink.send(part)
    both.cancel()
