"""Addresses that others chose must not lead into our own house."""

from ipaddress import ip_address, ip_network

import pytest

from pipeline.errors import AddressRefused
from pipeline.outbound_rules import OutboundRules, check_ips, check_url, is_public

STRICT = OutboundRules()
PRIVATE = OutboundRules(http=True, private=True)
INSIDE = {
    "loopback": "https://127.0.0.1/",
    "loopback, elsewhere in its network": "https://127.8.9.10/",
    "loopback of IPv6": "https://[::1]/",
    "loopback, IPv4-mapped": "https://[::ffff:127.0.0.1]/",
    "loopback, IPv4-mapped in hexadecimal": "https://[::ffff:7f00:1]/",
    "loopback, IPv4-compatible": "https://[::127.0.0.1]/",
    "loopback through NAT64": "https://[64:ff9b::7f00:1]/",
    "a local NAT64": "https://[64:ff9b:1::7f00:1]/",
    "loopback through 6to4": "https://[2002:7f00:1::]/",
    "Teredo": "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "a decimal number": "https://2130706433/",
    "a hexadecimal number": "https://0x7f000001/",
    "hexadecimal parts": "https://0x7f.0x0.0x0.0x1/",
    "octal parts": "https://0177.0.0.1/",
    "a short form": "https://127.1/",
    "digits of another script": "https://１２７.0.0.1/",
    "digits in circles": "https://①②⑦.0.0.1/",
    "percent-encoded digits": "https://%31%32%37.0.0.1/",
    "no address at all": "https://0.0.0.0/",
    "no address of IPv6": "https://[::]/",
    "private, class A": "https://10.1.2.3/",
    "private, class B": "https://172.16.0.1/",
    "private, class C": "https://192.168.1.1/",
    "private of IPv6": "https://[fd12:3456::1]/",
    "site-local of IPv6": "https://[fec0::1]/",
    "link-local": "https://169.254.1.1/",
    "metadata of most clouds": "https://169.254.169.254/latest/meta-data/",
    "metadata of Amazon's, IPv6": "https://[fd00:ec2::254]/",
    "metadata of Azure's": "https://168.63.129.16/",
    "metadata of Alibaba's": "https://100.100.100.200/",
    "metadata of Oracle's": "https://192.0.0.192/",
    "link-local of IPv6": "https://[fe80::1]/",
    "link-local with its zone": "https://[fe80::1%25eth0]/",
    "a carrier's": "https://100.64.0.1/",
    "for benchmarks": "https://198.18.0.1/",
    "for documentation": "https://203.0.113.9/",
    "for documentation, IPv6": "https://[2001:db8::1]/",
    "multicast": "https://224.0.0.1/",
    "multicast of IPv6": "https://[ff02::1]/",
    "broadcast": "https://255.255.255.255/",
    "reserved": "https://240.0.0.1/",
    "localhost": "https://localhost/",
    "localhost with a dot": "https://localhost./",
    "under localhost": "https://anything.localhost/",
    "a name without a domain": "https://postgres/",
    "a name of the house": "https://db.internal/",
    "a name by multicast": "https://printer.local/",
}
MALFORMED = {
    "a name and password": "https://user:password@example.com/",
    "a host after a backslash": "https://example.com\\@127.0.0.1/",
    "a host hidden behind a name": "https://example.com@127.0.0.1/",
    "without encryption": "http://example.com/",
    "a file": "file:///etc/passwd",
    "gopher": "gopher://example.com:70/",
    "no scheme": "//example.com/",
    "no host": "https:///path",
    "nothing": "",
    "a port of another service": "https://example.com:22/",
    "mail": "https://example.com:25/",
    "port 0": "https://example.com:0/",
    "no port there is": "https://example.com:99999/",
    "a line break": "https://example.com/\r\nHost: 127.0.0.1",
    "a space in the host": "https://exa mple.com/",
    "an empty label": "https://example..com/",
    "a broken international name": "https://xn--/",
    "a fragment": "https://example.com/#here",
    "too long": "https://example.com/" + "x" * 2000,
}


@pytest.mark.parametrize("url", INSIDE.values(), ids=INSIDE.keys())
def test_an_address_inside_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url, STRICT)


@pytest.mark.parametrize("url", MALFORMED.values(), ids=MALFORMED.keys())
@pytest.mark.parametrize("rules", [STRICT, OutboundRules(private=True)], ids=["strict", "private"])
def test_an_address_that_is_not_plain_is_refused_everywhere(url: str, rules: OutboundRules) -> None:
    with pytest.raises(AddressRefused):
        check_url(url, rules)


@pytest.mark.parametrize(
    ("url", "used"),
    [
        ("https://example.com", "https://example.com"),
        ("https://EXAMPLE.com:443/a?b=c", "https://example.com/a?b=c"),
        ("https://example.com:8443/a%20b", "https://example.com:8443/a%20b"),
        ("https://bücher.example.com/", "https://xn--bcher-kva.example.com/"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
        ("https://hook_1.example.com/", "https://hook_1.example.com/"),
    ],
)
def test_a_public_address_is_taken_in_one_form(url: str, used: str) -> None:
    assert str(check_url(url, STRICT)) == used


def test_names_are_allowed_that_only_look_like_numbers() -> None:
    assert check_url("https://127.0.0.1.example.com/", STRICT).host == "127.0.0.1.example.com"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8080/", "http://localhost/", "http://db/", "http://10.0.0.1/",
     "http://[::1]:9000/", "http://100.64.0.1/", "http://[fd12::1]/"],
)  # fmt: skip
def test_private_addresses_can_be_allowed(url: str) -> None:
    assert check_url(url, PRIVATE)


@pytest.mark.parametrize(
    "url",
    ["http://169.254.169.254/", "http://[fd00:ec2::254]/", "http://100.100.100.200/",
     "http://[::ffff:169.254.169.254]/", "http://[64:ff9b::a9fe:a9fe]/", "http://0.0.0.0/",
     "http://168.63.129.16/", "http://224.0.0.1/", "http://[fe80::1]/", "http://[::]/"],
)  # fmt: skip
def test_metadata_stays_out_of_reach_where_private_addresses_are_allowed(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url, PRIVATE)


def test_a_network_can_be_allowed_by_itself() -> None:
    rules = OutboundRules(networks=(ip_network("10.1.0.0/16"), ip_network("fd12::/16")))
    for url in ("https://10.1.2.3/", "https://[fd12::1]/", "https://hooks.internal/"):
        assert check_url(url, rules)
    for url in ("https://10.2.0.1/", "https://127.0.0.1/", "http://10.1.2.3/"):
        with pytest.raises(AddressRefused):
            check_url(url, rules)


def test_one_address_inside_spoils_all_of_a_name() -> None:
    found = [ip_address("8.8.8.8"), ip_address("127.0.0.1")]
    with pytest.raises(AddressRefused, match=r"127\.0\.0\.1 is not a public address"):
        check_ips(found, STRICT)


def test_public_ipv4_addresses_are_public_through_nat64_too() -> None:
    assert is_public(ip_address("64:ff9b::808:808"))
    assert not is_public(ip_address("64:ff9b::a00:1"))
