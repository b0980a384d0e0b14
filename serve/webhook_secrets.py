"""What webhooks are signed with: made here, shown once, kept sealed."""

import secrets
from dataclasses import dataclass, field

from pipeline.errors import SecretUnreadable
from serve.seals import SealBroken, Seals

PREFIX = "whsec_"
"""By which a secret is found where it was left lying."""


def new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class WebhookSecrets:
    """``studio_secrets`` are those that tokens are signed with, the newest first.

    A signature needs the secret itself, so a hash of it would not do.
    """

    studio_secrets: tuple[str, ...] = field(repr=False)

    def seal(self, secret: str) -> str:
        return Seals(self.studio_secrets).seal(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises SecretUnreadable."""
        try:
            return Seals(self.studio_secrets).open(sealed.encode()).decode()
        except SealBroken as error:
            raise SecretUnreadable from error

    def anew(self, sealed: str) -> str | None:
        """Sealed with the newest key; None where it is already, or cannot be opened."""
        try:
            Seals(self.studio_secrets[:1]).open(sealed.encode())
            return None
        except SealBroken:
            pass
        try:
            return self.seal(self.open(sealed))
        except SecretUnreadable:
            return None
