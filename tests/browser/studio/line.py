"""A line between a browser and the studio that can be cut."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

PIECE_BYTES = 65_536


class Line:
    """Carries bytes both ways; while it is ``cut``, every connection ends at once."""

    def __init__(self, address: str) -> None:
        there = urlsplit(address)
        self._there = (there.hostname or "", there.port or 80)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends: set[socket.socket] = set()
        self._is_cut = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def cut(self) -> None:
        self._is_cut = True
        for end in list(self._ends):
            _close(end)

    def mend(self) -> None:
        self._is_cut = False

    def serve(self) -> None:
        """Until ``close``."""
        with suppress(OSError):
            while True:
                here, _ = self._listener.accept()
                if self._is_cut:
                    _close(here)
                    continue
                there = socket.create_connection(self._there)
                self._ends |= {here, there}
                if self._is_cut:  # while it was being laid
                    _close(here)
                    _close(there)
                for way in ((here, there), (there, here)):
                    threading.Thread(target=_carry, args=way, daemon=True).start()

    def close(self) -> None:
        _close(self._listener)
        self.cut()


@contextmanager
def a_line_to(address: str) -> Iterator[Line]:
    line = Line(address)
    thread = threading.Thread(target=line.serve)
    thread.start()
    try:
        yield line
    finally:
        line.close()
        thread.join(30)


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(PIECE_BYTES):
            target.sendall(piece)
    for end in (source, target):
        _close(end)


def _close(end: socket.socket) -> None:
    # shut down first: that also wakes whoever waits for it
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
