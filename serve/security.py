"""Passwords and tokens.

Access tokens are JWTs by the advice of RFC 8725: one fixed algorithm, and every claim is checked.
Refresh tokens are random and opaque; the database holds their hash.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID, uuid4

import jwt
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from zxcvbn import zxcvbn

from serve.errors import TokenRefused

ALGORITHM = "HS256"
ISSUER = "lectern"
AUDIENCE = "lectern-api"
TYPE = "at+jwt"
"""RFC 9068: an access token, which no other JWT can pass for."""
CLOCK_SKEW_SECONDS = 5
SHORTEST_SECRET_BYTES = 32
LONGEST_PASSWORD = 128
KEY_PREFIX = "lk_"
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that nobody takes for another."""
"""By which an API key is told from an access token, and found where it was left lying."""
GUESSABLE = 1
"""zxcvbn's score up to which a password falls to some million guesses."""
_CLAIMS = ("iss", "aud", "iat", "nbf", "exp", "jti", "sub", "sid")


@dataclass(frozen=True, slots=True)
class HashCost:
    """What each guess costs whoever has stolen the hashes of passwords.

    The usual one takes some 50 ms and 64 MiB: RFC 9106, section 4, its second recommendation.
    """

    passes: int = 3
    memory_kibibytes: int = 65_536


USUAL_COST = HashCost()


@dataclass(frozen=True, slots=True)
class Claims:
    """Who an access token speaks for."""

    user_id: UUID
    session_id: UUID


@dataclass(frozen=True, slots=True)
class Tokens:
    """Makes and reads access tokens. Secrets need at least 32 bytes.

    ``previous`` are secrets that sign no more, whose tokens are good until they run out.
    ``secure_cookies``: the refresh cookie only travels over HTTPS.
    """

    secret: str = field(repr=False)
    secure_cookies: bool = False
    previous: tuple[str, ...] = field(default=(), repr=False)
    access_seconds: int = 15 * 60
    refresh_seconds: int = 24 * 3600
    remembered_seconds: int = 30 * 24 * 3600

    def __post_init__(self) -> None:
        if any(len(each.encode()) < SHORTEST_SECRET_BYTES for each in self.secrets):
            raise ValueError(f"the token secret needs at least {SHORTEST_SECRET_BYTES} bytes")

    def access(self, user_id: UUID, session_id: UUID) -> str:
        """A new access token for this sign-in."""
        now = datetime.now(UTC)
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "sid": str(session_id),
            "jti": str(uuid4()),
            "iat": now,
            "nbf": now,
            "exp": now + timedelta(seconds=self.access_seconds),
        }
        headers = {"typ": TYPE, "kid": key_id(self.secret)}
        return jwt.encode(claims, self.secret, ALGORITHM, headers=headers)

    def read(self, token: str) -> Claims:
        """Raises TokenRefused, whatever is wrong with it."""
        try:
            header = jwt.get_unverified_header(token)
            claims = jwt.decode(
                token,
                self._secret_of(header.get("kid")),
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                leeway=CLOCK_SKEW_SECONDS,
                options={"require": list(_CLAIMS)},
            )
            if header.get("typ") != TYPE:
                raise TokenRefused
            return Claims(UUID(claims["sub"]), UUID(claims["sid"]))
        except (jwt.InvalidTokenError, ValueError, AttributeError) as error:
            raise TokenRefused from error

    @property
    def secrets(self) -> tuple[str, ...]:
        """The one that signs, and those whose tokens are still good."""
        return (self.secret, *self.previous)

    def _secret_of(self, kid: object) -> str:
        """Chosen among ours, never fetched: the header is not yet verified (RFC 8725, 3.10)."""
        for secret in self.secrets:
            if key_id(secret) == kid:
                return secret
        raise TokenRefused

    def refresh_expiry(self, remember: bool) -> datetime:
        seconds = self.remembered_seconds if remember else self.refresh_seconds
        return datetime.now(UTC) + timedelta(seconds=seconds)


def key_id(secret: str) -> str:
    """The public name of a signing secret, from which it cannot be told."""
    return hashlib.sha256(b"lectern key id\0" + secret.encode()).hexdigest()[:16]


def new_refresh_token() -> str:
    return secrets.token_urlsafe(32)


def new_api_key() -> str:
    return KEY_PREFIX + secrets.token_urlsafe(32)


def readable_password() -> str:
    """One that can be read out: 79 bits, in four groups without letters that look alike."""
    groups = ("".join(secrets.choice(READABLE) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def token_hash(token: str) -> str:
    """What the database keeps. The token is random, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_password(password: str, cost: HashCost = USUAL_COST) -> str:
    """Argon2id; takes time and memory on purpose."""
    return _hasher(cost).hash(password)


def verify_password(password: str, password_hash: str | None, cost: HashCost = USUAL_COST) -> bool:
    """Takes as long for an unknown user (None) as for a known one, hashed at this ``cost``."""
    right = _hasher(cost).verify(password, password_hash or _decoy_hash(cost))
    return right and password_hash is not None


def is_guessable(password: str, *about_user: str) -> bool:
    """Whether the password is a common one, or made from what is known of the user."""
    rating = zxcvbn(password, user_inputs=list(about_user), max_length=LONGEST_PASSWORD)
    return int(rating["score"]) <= GUESSABLE


@cache
def _hasher(cost: HashCost) -> PasswordHash:
    hasher = Argon2Hasher(time_cost=cost.passes, memory_cost=cost.memory_kibibytes)
    return PasswordHash((hasher,))


@cache
def _decoy_hash(cost: HashCost) -> str:
    return _hasher(cost).hash(secrets.token_urlsafe())
