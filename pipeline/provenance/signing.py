"""Signs finished files with content credentials (C2PA)."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from c2pa import Builder, C2paError, C2paSignerInfo, C2paSigningAlg, Context, Settings, Signer

from pipeline.errors import SigningFailed
from pipeline.provenance.origin import Origin, definition

SETTINGS = {
    # what was just signed is not read through once more: for an hour of video that takes a while
    "verify": {"verify_after_sign": False},
    "builder": {"thumbnail": {"enabled": False}},
    # a hash a mebibyte, and what is worked at on disk: else a quarter of a gibibyte is read at once
    "core": {
        "merkle_tree_chunk_size_in_kb": 1024,
        "merkle_tree_max_proofs": 0,
        "backing_store_memory_threshold_in_mb": 16,
    },
}


@dataclass(frozen=True, slots=True)
class MediaSigner:
    """Holds a key. ``chain`` is PEM, the leaf first; ES256. ``timestamps``: the address of an
    authority (RFC 3161) that stamps the time, None for none."""

    chain: bytes = field(repr=False)
    key: bytes = field(repr=False)
    timestamps: str | None = None

    def sign(self, file: Path, origin: Origin) -> None:
        """Puts signed credentials into an MP4; from then on it must not be changed any more.

        From file to file: memory does not grow with it. Raises SigningFailed, and leaves the file
        as it was.
        """
        signed = file.with_name(f"signed-{file.name}")
        try:
            self._sign(file, signed, origin)
        except (C2paError, OSError) as error:
            signed.unlink(missing_ok=True)
            raise SigningFailed(str(error)) from error
        signed.replace(file)

    def _sign(self, file: Path, signed: Path, origin: Origin) -> None:
        info = C2paSignerInfo(C2paSigningAlg.ES256, self.chain, self.key, self._timestamps)
        with (
            Signer.from_info(info) as signer,
            Context(Settings.from_dict(SETTINGS)) as context,
            Builder.from_json(json.dumps(definition(origin)), context) as builder,
        ):
            builder.sign_file(file, signed, signer)

    @property
    def _timestamps(self) -> bytes | None:
        return self.timestamps.encode() if self.timestamps else None


@dataclass(frozen=True, slots=True)
class Marking:
    """How one studio marks what it makes. ``studio_id``: four hexadecimal digits, in every
    watermark. Without a ``signer``, files carry no content credentials."""

    studio_id: str = "0000"
    signer: MediaSigner | None = None


def open_signer(chain: Path, key: Path, timestamps: str | None = None) -> MediaSigner:
    """Raises SigningFailed where the files cannot be read."""
    try:
        return MediaSigner(chain.read_bytes(), key.read_bytes(), timestamps)
    except OSError as error:
        raise SigningFailed(f"{error.filename}: {error.strerror}") from error
