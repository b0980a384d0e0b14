"""Where the studio may send to: addresses that others chose must not lead into our own house."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

from pipeline.errors import AddressRefused

Ip = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST_URL = 2000
WELL_KNOWN_PORTS = {"https": 443, "http": 80}
FIRST_FREE_PORT = 1024
"""Below it, a port is some other service's: mail, directories, remote shells."""
LAST_PORT = 65_535
INSIDE_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa", "localdomain")
"""Names that only mean something inside a network (RFC 6761, 6762, 8375, ICANN's .internal)."""

GLOBAL_UNICAST = IPv6Network("2000::/3")
NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052: an IPv4 address as IPv6-only networks write it."""
NEVER_PUBLIC = tuple(
    ip_network(each)
    for each in (
        "168.63.129.16/32",  # Azure's host, which answers its guests
        "192.0.0.0/24",  # protocol assignments (RFC 6890); Oracle's metadata
        "192.88.99.0/24",  # relays of 6to4 (RFC 7526)
        "2001::/23",  # protocol assignments, Teredo among them (RFC 2928)
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "3fff::/20",  # documentation (RFC 9637)
    )
)
NEVER_SENT_TO = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8",
        "169.254.0.0/16",  # link-local: metadata of most clouds
        "255.255.255.255/32",
        "fe80::/10",
        "fd00:ec2::/32",  # metadata of Amazon's clouds
        "168.63.129.16/32",
        "100.100.100.200/32",  # metadata of Alibaba's cloud
        "192.0.0.192/32",  # metadata of Oracle's cloud
    )
)
"""Not even where private addresses are allowed."""


@dataclass(frozen=True, slots=True)
class OutboundRules:
    """``http``: without encryption too. ``private``: to addresses of our own network too.
    ``networks`` are allowed whatever is in them."""

    http: bool = False
    private: bool = False
    networks: tuple[Network, ...] = ()


def check_url(url: str, rules: OutboundRules) -> httpx.URL:
    """The address as it will be used. Raises AddressRefused for what can be told without asking
    anyone; names are looked up when something is sent."""
    parsed = _parsed(url)
    _check_scheme(parsed, rules)
    if parsed.userinfo:
        raise AddressRefused("it holds a name or password")
    if parsed.fragment:
        raise AddressRefused("it has a fragment")
    _check_port(parsed)
    literal = literal_ip(parsed)
    if literal is None:
        _check_name(parsed.raw_host.decode(), rules)
    else:
        check_ips([literal], rules)
    return parsed


def check_ips(found: Sequence[Ip], rules: OutboundRules) -> None:
    """Raises AddressRefused unless the studio may send to every one of them."""
    for ip in found:
        if not _allowed(ip, rules):
            raise AddressRefused(f"{ip} is not a public address")


def literal_ip(url: httpx.URL) -> Ip | None:
    """The address that stands in the URL itself; None where it is a name."""
    try:
        return ip_address(url.raw_host.decode())
    except ValueError:
        return None


def is_public(ip: Ip) -> bool:
    """Whether everybody on the internet may mean this address, and means the same by it."""
    plain = _plain(ip)
    if isinstance(plain, IPv6Address) and plain not in GLOBAL_UNICAST:
        return False
    return plain.is_global and not plain.is_multicast and not _in_any(plain, NEVER_PUBLIC)


def _allowed(ip: Ip, rules: OutboundRules) -> bool:
    plain = _plain(ip)
    if _in_any(plain, rules.networks):
        return True
    if plain.is_multicast or plain.is_unspecified or _in_any(plain, NEVER_SENT_TO):
        return False
    if rules.private and (plain.is_private or _is_shared(plain)):
        return True
    return is_public(ip)


def _plain(ip: Ip) -> Ip:
    """The IPv4 address that an IPv6 one stands for, where the network itself translates it."""
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            return ip.ipv4_mapped
        if ip in NAT64:
            return IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip


def _is_shared(ip: Ip) -> bool:
    """RFC 6598: between customers and carriers; some clouds number their machines from it."""
    return ip in IPv4Network("100.64.0.0/10")


def _in_any(ip: Ip, networks: Sequence[Network]) -> bool:
    return any(ip in network for network in networks)


def _parsed(url: str) -> httpx.URL:
    if len(url) > LONGEST_URL:
        raise AddressRefused(f"it is longer than {LONGEST_URL} characters")
    try:
        parsed = httpx.URL(url)
        # read once here: a malformed international name only shows when it is asked for
        return parsed if parsed.host else httpx.URL("")
    except (httpx.InvalidURL, ValueError) as error:
        raise AddressRefused(f"it cannot be read ({error})") from error


def _check_scheme(url: httpx.URL, rules: OutboundRules) -> None:
    if not url.host:
        raise AddressRefused("it names no host")
    if url.scheme == "http" and not rules.http:
        raise AddressRefused("it must begin with https://")
    if url.scheme not in WELL_KNOWN_PORTS:
        raise AddressRefused("it must begin with https://")


def _check_port(url: httpx.URL) -> None:
    usual = WELL_KNOWN_PORTS[url.scheme]
    port = usual if url.port is None else url.port
    if port > LAST_PORT:
        raise AddressRefused(f"there is no port {port}")
    if port != usual and port < FIRST_FREE_PORT:
        raise AddressRefused(f"port {port} belongs to another service")


def _check_name(name: str, rules: OutboundRules) -> None:
    labels = name.removesuffix(".").split(".")
    if not all(label.replace("-", "").replace("_", "").isalnum() for label in labels):
        raise AddressRefused("its host is not a name")
    # what ends in a number is an address to some: 2130706433, 0x7f.1, 127.1 (WHATWG URL, 3.5)
    if labels[-1].isdigit() or labels[-1].startswith("0x"):
        raise AddressRefused("its host is a number")
    inside = len(labels) == 1 or _ends_inside(labels)
    if inside and not (rules.private or rules.networks):
        raise AddressRefused("its host is a name that only means something inside a network")


def _ends_inside(labels: Sequence[str]) -> bool:
    name = "." + ".".join(labels)
    return any(name.endswith(f".{inside}") for inside in INSIDE_NAMES)
