"""Where a request comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address

from fastapi import Request

Network = IPv4Network | IPv6Network
LONGEST_ADDRESS = 64
LONGEST_AGENT = 300


@dataclass(frozen=True, slots=True)
class Origin:
    """The address of the client and what it calls itself; both may be forged or empty."""

    address: str
    agent: str


def origin_of(request: Request, proxies: Sequence[Network]) -> Origin:
    """``proxies`` are those whose ``X-Forwarded-For`` is believed."""
    peer = request.client.host if request.client else ""
    # some proxies add a line of their own, below what the client made up
    told = ",".join(request.headers.getlist("x-forwarded-for"))
    hops = [hop.strip() for hop in told.split(",") if hop.strip()]
    agent = request.headers.get("user-agent", "").replace("\0", "")
    return Origin(_client(peer, hops, proxies)[:LONGEST_ADDRESS], agent[:LONGEST_AGENT])


def _client(peer: str, hops: list[str], proxies: Sequence[Network]) -> str:
    """The last address that no proxy of ours vouches for: what stands before it is hearsay."""
    address = peer
    for hop in reversed(hops):
        if not _is_one_of(address, proxies):
            break
        address = hop
    return address


def _is_one_of(address: str, networks: Sequence[Network]) -> bool:
    try:
        return any(ip_address(address) in network for network in networks)
    except ValueError:
        return False
