"""Addresses that others chose must not lead into our own house."""

from ipaddress import ip_address, ip_network

import pytest

from pipeline.errors import AddressRefused
from pipeline.outbound_rules import OutboundRules, check_ips, check_url, is_public
from tests.addresses import INSIDE, MALFORMED

STRICT = OutboundRules()
PRIVATE = OutboundRules(http=True, private=True)


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
