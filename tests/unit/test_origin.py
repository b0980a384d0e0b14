"""Where a request comes from, told by whom."""

from ipaddress import ip_network

import pytest
from fastapi import Request

from serve.origin import origin_of

PROXIES = (ip_network("10.0.0.0/8"), ip_network("::1"))


def request(peer: str | None, **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    client = (peer, 5000) if peer is not None else None
    return Request({"type": "http", "client": client, "headers": raw})


@pytest.mark.parametrize(
    ("peer", "told", "address"),
    [
        ("192.0.2.1", None, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.5", "192.0.2.1"),
        ("10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.5, 10.9.9.9", "203.0.113.5"),
        ("10.0.0.1", "10.1.1.1, 10.9.9.9", "10.1.1.1"),
        ("::1", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.1", "nonsense", "nonsense"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("a name", "203.0.113.5", "a name"),
        (None, "203.0.113.5", ""),
    ],
)
def test_only_our_own_proxies_are_believed(
    peer: str | None, told: str | None, address: str
) -> None:
    headers = {} if told is None else {"x_forwarded_for": told}
    assert origin_of(request(peer, **headers), PROXIES).address == address


def test_a_proxy_that_adds_a_line_of_its_own_is_believed_before_the_client() -> None:
    asked = request("10.0.0.1", X_Forwarded_For="1.2.3.4", x_forwarded_for="203.0.113.5")
    asked.scope["headers"] = [(name.lower(), value) for name, value in asked.scope["headers"]]
    assert origin_of(Request(asked.scope), PROXIES).address == "203.0.113.5"


def test_what_a_client_says_of_itself_is_kept_in_bounds() -> None:
    origin = origin_of(
        request("10.0.0.1", x_forwarded_for="9" * 500, user_agent="m\0" * 500), PROXIES
    )
    assert len(origin.address) == 64
    assert origin.agent == "m" * 300
