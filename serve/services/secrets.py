"""Secrets of one studio: made at its first start, kept in a file only its owner reads."""

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipeline.errors import ServiceFailed


def _fresh() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class Secrets:
    jwt_secret: str = field(default_factory=_fresh)
    postgres_password: str = field(default_factory=_fresh)
    s3_access_key: str = field(default_factory=lambda: f"lectern{secrets.token_hex(8)}")
    s3_secret_key: str = field(default_factory=_fresh)
    s3_internal_key: str = field(default_factory=_fresh)
    ray_token: str = field(default_factory=_fresh)
    studio_id: str = field(default_factory=lambda: secrets.token_hex(2))


def keep_secrets(path: Path) -> Secrets:
    """Reads the secrets; makes those that are not there yet."""
    try:
        kept = Secrets(**json.loads(path.read_text())) if path.exists() else Secrets()
    except (ValueError, TypeError) as error:
        raise ServiceFailed("Secrets", f"{path} cannot be read: {error}") from error
    write_privately(path, json.dumps(asdict(kept), indent=2))
    return kept


def write_privately(path: Path, text: str) -> None:
    """Writes a file with mode 600, whole or not at all."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
