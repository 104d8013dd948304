"""The firm's sealing key and the certificate of its own authority: made at first use, kept in one private file."""

from __future__ import annotations

import os
import secrets
import stat
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from courtside.documents.faults import DocumentError

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

FILE = "seal.pem"
_BITS = 3072
_YEARS = 30


@dataclass(frozen=True, slots=True)
class Keys:
    """A private key and two certificates as PEM: that of the key, and that of the authority which issued it."""

    private: bytes = field(repr=False)
    sealing: bytes
    certificate: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the authority's certificate: by it a seal is recognised anywhere."""
        return fingerprint_of(self.certificate)


def sealing_keys(folder: Path, name: str, at: datetime) -> Keys:
    """The keys kept in a folder, made there if there are none. `name` is the firm's, as the certificates print it.

    Made by two processes at once, one of them wins and both use the same. Raises DocumentError where others than
    their owner can read them, or where the file is broken.
    """
    file = folder / FILE
    if not file.exists():
        _make(file, name, at)
    return _read(file)


def kept_keys(folder: Path) -> Keys | None:
    """The keys kept in a folder, None if none were made yet. Raises DocumentError as `sealing_keys` does."""
    file = folder / FILE
    return _read(file) if file.exists() else None


def fingerprint_of(certificate: bytes) -> str:
    """SHA-256 of a PEM certificate's DER, as 64 hexadecimal digits."""
    from cryptography import x509  # noqa: PLC0415  (a large library, for sealing alone)
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

    return sha256(x509.load_pem_x509_certificate(certificate).public_bytes(Encoding.DER)).hexdigest()


def _read(file: Path) -> Keys:
    for path in (file.parent, file):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            wanted = "700" if path.is_dir() else "600"
            raise DocumentError(
                f"others can read the sealing key (mode {mode:o}); run: chmod {wanted} {path}", str(path)
            )
    parts = [part + b"\n" for part in file.read_bytes().split(b"\n\n") if part.strip()]
    if len(parts) != 3:
        raise DocumentError("the sealing key is incomplete; put it back from where it is kept safe", str(file))
    keys = Keys(*parts)
    try:
        fingerprint_of(keys.certificate)
    except ValueError as error:
        raise DocumentError(f"the sealing key cannot be read: {error}", str(file)) from None
    return keys


def _make(file: Path, name: str, at: datetime) -> None:
    """Write new keys beside their place, on the disk, and link them there unless somebody else has meanwhile."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chmod(file.parent, 0o700)
    keys = _new(name, at)
    beside = file.with_name(f".{FILE}.{secrets.token_hex(8)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as written:
            written.write(b"\n".join((keys.private, keys.sealing, keys.certificate)))
            written.flush()
            os.fsync(written.fileno())
        _link(beside, file)
    finally:
        beside.unlink(missing_ok=True)


def _link(beside: Path, file: Path) -> None:
    try:
        os.link(beside, file)
    except FileExistsError:
        return
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _new(name: str, at: datetime) -> Keys:
    """A new key, certified by a new authority whose own key is thrown away: it can never certify another."""
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        NoEncryption,
        PrivateFormat,
    )  # fmt: skip

    authority, key = (rsa.generate_private_key(65537, _BITS) for _ in range(2))
    root = _certificate(f"{name} seals"[:64], authority, authority, None, at)
    sealing = _certificate(f"{name} seal"[:64], key, authority, root, at)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Keys(private, sealing.public_bytes(Encoding.PEM), root.public_bytes(Encoding.PEM))


def _certificate(
    name: str, key: RSAPrivateKey, issuer_key: RSAPrivateKey, issuer: x509.Certificate | None, at: datetime
) -> x509.Certificate:
    """A certificate in force for 30 years: of the authority itself where there is no issuer, else of a sealing key."""
    from cryptography import x509  # noqa: PLC0415
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415

    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    is_authority = issuer is None
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None), critical=True)
        .add_extension(_usage(is_authority=is_authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, SHA256())
    )


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    from cryptography import x509  # noqa: PLC0415

    return x509.KeyUsage(
        digital_signature=not is_authority, content_commitment=not is_authority, key_cert_sign=is_authority,
        crl_sign=is_authority, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
