"""The certificate that signed media are trusted by."""

from pathlib import Path

from pipeline.errors import CertificateMissing
from serve.settings import Settings


def trusted_root(settings: Settings) -> Path:
    """The certificate file that credentials are trusted by. Raises CertificateMissing."""
    given = settings.provenance_root or settings.provenance_certificate
    root = given or settings.home / "provenance" / "root.pem"
    if not root.is_file():
        raise CertificateMissing(str(root))
    return root
