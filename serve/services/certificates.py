"""Certificates of one studio: a root of its own, and below it the leaf that signs media.

They follow the C2PA specification 2.1, section 14.5: ES256, an extended key usage, no self-signed
leaf. Made at the first start and kept in files that only their owner reads.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pipeline.errors import ServiceFailed
from serve.services.folders import private_folder
from serve.services.secrets import write_privately

ROOT_DAYS, LEAF_DAYS = 20 * 365, 5 * 365
RENEW_DAYS = 2 * 365
"""A leaf with less time left is replaced. What it has signed is good until it ends, as long as no
authority stamps the time, so it ends late."""
SLACK = timedelta(hours=1)
"""For clocks that are behind ours."""


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where they are, as PEM: the chain of the leaf with its key, and the root to be trusted."""

    chain: Path
    key: Path
    root: Path


def keep_certificates(folder: Path) -> Certificates:
    """Makes what is not there yet, or not for long any more. Raises ServiceFailed."""
    private_folder(folder)
    kept = Certificates(folder / "chain.pem", folder / "key.pem", folder / "root.pem")
    root_key = folder / "root-key.pem"
    try:
        if not (kept.root.exists() and root_key.exists()):
            _make_root(kept.root, root_key)
        if not (kept.chain.exists() and kept.key.exists()) or _ends_soon(kept.chain):
            _make_leaf(kept, root_key)
    except ValueError as error:
        raise ServiceFailed("Certificates", f"{folder} cannot be read: {error}") from error
    return kept


def _make_root(path: Path, key_path: Path) -> None:
    key = generate_private_key(SECP256R1())
    name = _name("Lectern studio root")
    draft = (
        _draft(name, name, key, ROOT_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
    )
    write_privately(key_path, _key_pem(key))
    write_privately(path, _pem(draft.sign(key, SHA256())))


def _make_leaf(kept: Certificates, root_key_path: Path) -> None:
    root = x509.load_pem_x509_certificate(kept.root.read_bytes())
    root_key = _read_key(root_key_path)
    key = generate_private_key(SECP256R1())
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    draft = (
        _draft(_name("Lectern studio"), root.subject, key, LEAF_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
        .add_extension(issuer, critical=False)
    )
    write_privately(kept.key, _key_pem(key))
    write_privately(kept.chain, _pem(draft.sign(root_key, SHA256())))


def _draft(
    subject: x509.Name, issuer: x509.Name, key: EllipticCurvePrivateKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SLACK)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str) -> x509.Name:
    """Nobody's own name: what is signed may be seen by anyone."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Lectern"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _ends_soon(chain: Path) -> bool:
    leaf = x509.load_pem_x509_certificates(chain.read_bytes())[0]
    return leaf.not_valid_after_utc < datetime.now(UTC) + timedelta(days=RENEW_DAYS)


def _read_key(path: Path) -> EllipticCurvePrivateKey:
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, EllipticCurvePrivateKey):
        raise ValueError(f"{path.name} holds another kind of key")
    return key


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def _key_pem(key: EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
