"""TCP ports of the loopback that nobody uses."""

import random
import socket
from collections.abc import Sequence

from pipeline.errors import LecternError, ServiceFailed

LOOPBACK = "127.0.0.1"
OWN_RANGE = range(11_000, 22_000)
"""Below the ports that Linux hands to outgoing connections, also after an offset of 10,000."""
TRIES = 200


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # as servers do; else a port is refused for a minute after its last connection
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


class PortInUse(LecternError):
    """Port {0} of {1} belongs to another program: {2}."""

    code = "port_in_use"
    advice = "End that program, or set {0} to another port."

    def __init__(self, port: int, host: str, reason: str, setting: str) -> None:
        super().__init__(port, host, reason)
        self.advice = type(self).advice.format(setting)


def claim(port: int, host: str, setting: str) -> int:
    """The port, which somebody counts on by its number. Raises PortInUse, which names the
    setting."""
    with socket.socket(_family(host), socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortInUse(port, host, error.strerror or str(error), setting) from error
    return port


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def free_port(preferred: int, taken: Sequence[int] = (), offsets: Sequence[int] = (0,)) -> int:
    """The preferred port, or any other if that is in use.

    The port is free at each of the ``offsets`` from it; none of these is in ``taken``.
    """
    for port in (preferred, *random.sample(OWN_RANGE, TRIES)):
        wanted = [port + offset for offset in offsets]
        if not set(wanted) & set(taken) and all(is_free(each) for each in wanted):
            return port
    raise ServiceFailed("network", f"no free port among {TRIES} tried on {LOOPBACK}.")
