"""What the database keeps and must not tell, sealed with keys made from the token secrets."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from serve.security import key_id


class SealBroken(Exception):
    """Sealed with a secret that is gone, or tampered with."""


@dataclass(frozen=True, slots=True)
class Seals:
    """The first of ``secrets`` seals; the others still open what they sealed."""

    secrets: tuple[str, ...] = field(repr=False)

    def seal(self, data: bytes) -> bytes:
        return self._fernet().encrypt(data)

    def open(self, sealed: bytes) -> bytes:
        """Raises SealBroken."""
        try:
            return self._fernet().decrypt(sealed)
        except InvalidToken as error:
            raise SealBroken from error

    def digests(self, data: bytes) -> tuple[str, ...]:
        """Fingerprints from which ``data`` cannot be guessed, one a secret, the newest first."""
        return tuple(
            f"{key_id(each)}:{_mac(_key(each, b'digest'), data).hex()}" for each in self.secrets
        )

    def made(self, digest: str) -> bool:
        """Whether a digest can be compared: the secret that it was made with is still there."""
        return digest.partition(":")[0] in map(key_id, self.secrets)

    def _fernet(self) -> MultiFernet:
        keys = (urlsafe_b64encode(_key(each, b"seal")) for each in self.secrets)
        return MultiFernet([Fernet(key) for key in keys])


def _key(secret: str, purpose: bytes) -> bytes:
    """A key of its own for each purpose, from which the secret cannot be told."""
    return _mac(secret.encode(), b"lectern " + purpose)


def _mac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, hashlib.sha256)
