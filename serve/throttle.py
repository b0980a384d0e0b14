"""How often passwords may be guessed at, without locking out whose they are.

Failures of others never stand in the way of someone who comes from a browser or an address where
they have signed in before: there only their own attempts count. From anywhere else the address and
the account are counted too, so that neither many names from one place nor one name from many places
can be tried fast.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from uuid import UUID

from sqlalchemy.orm import Session as Transaction

from db import attempts, users
from db.attempts import Rule, key_of
from db.models import User
from serve.errors import RateExceeded, TooManyAttempts
from serve.security import token_hash

ONE_LOGIN = Rule(free=5, longest_seconds=15 * 60)
ONE_ADDRESS = Rule(free=50, longest_seconds=15 * 60)
# short: its owner, at a new place, must get through while others guess
ONE_ACCOUNT = Rule(free=20, longest_seconds=60)
PASSWORD_CHANGES = Rule(free=5, longest_seconds=15 * 60)
REGISTRATIONS = Rule(free=20, longest_seconds=3600)
PHRASES = Rule(free=30, longest_seconds=15 * 60)
KNOWN_FOR = timedelta(days=90)
IPV6_SITE_BITS = 64
"""What one customer of a provider has at least: single addresses in it cost nothing."""


@dataclass(frozen=True, slots=True)
class Charged:
    """What an attempt was counted under; a success forgives it."""

    own: str
    rules: Mapping[str, Rule]

    def forgive(self, db: Transaction) -> None:
        attempts.forgive(db, self.own, [key for key in self.rules if key != self.own])


def charge_sign_in(
    db: Transaction, user: User | None, login: str, address: str, cookie: str | None
) -> Charged:
    """Counts an attempt to sign in. Raises TooManyAttempts.

    ``cookie`` is a refresh token, perhaps an old one, which tells a browser known to the user.
    """
    name, place = login.strip().lower(), site_of(address)
    browser = users.session_of_refresh(db, user.id, token_hash(cookie)) if user and cookie else None
    if browser is not None:
        return _charge(db, _known(f"browser {browser}", name))
    if user is not None and _has_come_from(db, user.id, address):
        return _charge(db, _known(f"address {place}", name))
    own = key_of("sign in", f"address {place}", name)
    more = {key_of("address", place): ONE_ADDRESS, key_of("account", name): ONE_ACCOUNT}
    return _charge(db, Charged(own, {own: ONE_LOGIN, **more}))


def charge_password_change(db: Transaction, user_id: UUID) -> Charged:
    """A stolen access token must not be good for guessing the password. Raises TooManyAttempts."""
    own = key_of("password", str(user_id))
    return _charge(db, Charged(own, {own: PASSWORD_CHANGES}))


def charge_registration(db: Transaction, address: str) -> None:
    """Raises TooManyAttempts. Never forgiven: every account made is one."""
    own = key_of("register", site_of(address))
    _charge(db, Charged(own, {own: REGISTRATIONS}))


def charge_phrase(db: Transaction, user_id: UUID) -> None:
    """Who has a recording of somebody must not have phrases drawn until one is said in it. Raises
    RateExceeded. Never forgiven: a voice of one's own must not buy more of them."""
    wait = attempts.charge(db, {key_of("phrase", str(user_id)): PHRASES})
    if wait > 0:
        raise RateExceeded(wait)


def site_of(address: str) -> str:
    """The address as it is counted: IPv6 by the network it is in."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, IPV6_SITE_BITS), strict=False))
    return address


def _known(place: str, name: str) -> Charged:
    own = key_of("sign in", place, name)
    return Charged(own, {own: ONE_LOGIN})


def _has_come_from(db: Transaction, user_id: UUID, address: str) -> bool:
    return users.has_come_from(db, user_id, address, since=datetime.now(UTC) - KNOWN_FOR)


def _charge(db: Transaction, charged: Charged) -> Charged:
    wait = attempts.charge(db, charged.rules)
    if wait > 0:
        raise TooManyAttempts(wait)
    return charged
