"""How does the kit get a certificate for a connector that is to serve TLS? It makes one, for this run alone."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificate:
    """Files with a key and its certificate, which is its own authority, and the latter's bytes."""

    cert: Path
    key: Path
    pem: bytes


def made(folder: Path, name: str = "localhost") -> Certificate:
    """Make a certificate for a name and 127.0.0.1, good for a day; raises AssertionError without `cryptography`."""
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
    except ImportError as error:
        raise AssertionError(
            "to try TLS (profile, start.tls) the kit needs the package cryptography"
        ) from error
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    builder = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key())
    builder = (
        builder.serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
    )
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    folder.mkdir(parents=True, exist_ok=True)
    result = Certificate(folder / f"{name}.crt", folder / f"{name}.key", pem)
    result.cert.write_bytes(pem)
    result.key.touch(mode=0o600)
    result.key.write_bytes(private)
    return result
