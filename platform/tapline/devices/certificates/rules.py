"""Certificates (RFC 5280) made and read. Pure but for chance.

All keys of ours are ECDSA on P-256. A device brings its own, of P-256, P-384 or RSA with 2048 bits
or more, and what it says of itself in its request counts for nothing: we name it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import NamedTuple

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tapline.errors import InvalidError

ROOT_DAYS = 20 * 365
ISSUING_DAYS = 5 * 365
BROKER_DAYS = 397
"""What makers of TLS libraries accept at most."""
DEVICE_DAYS = 90
_BEFORE = timedelta(hours=1)
"""Clocks differ: what is issued now holds since a while ago."""
_REVOKED_LIST_LIFE = timedelta(days=3650)
"""Mosquitto refuses everybody once a list has run out, and it is signed anew at each change."""
_RSA_BITS_MIN = 2048
_REQUEST_BYTES_MAX = 3072

PrivateKey = ec.EllipticCurvePrivateKey
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class Made(NamedTuple):
    """A certificate with the private key that belongs to it."""

    certificate: x509.Certificate
    key: PrivateKey


class Asked(NamedTuple):
    """A request whose signature holds: the key that its sender has."""

    key: PublicKey
    key_sha256: bytes


def root(name: str, now: datetime) -> Made:
    """An authority that signs issuing authorities and nothing else, and its own certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(f"{name} root {_mark(key)}")
    builder = _builder(subject, subject, key.public_key(), now, now + timedelta(days=ROOT_DAYS))
    return Made(_signed(_authority(builder, path_length=1), key, key.public_key()), key)


def issuing(name: str, by: Made, now: datetime) -> Made:
    """An authority under a root, for certificates of devices and brokers."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _name(f"{name} devices {now:%Y-%m-%d} {_mark(key)}")
    issuer = by.certificate.subject
    ends = min(now + timedelta(days=ISSUING_DAYS), by.certificate.not_valid_after_utc)
    builder = _builder(subject, issuer, key.public_key(), now, ends)
    signed = _signed(_authority(builder, path_length=0), by.key, by.key.public_key())
    return Made(signed, key)


def of_device(
    asked: Asked, *, device_id: str, tenant_id: str, by: Made, now: datetime, days: int
) -> x509.Certificate:
    """A device's certificate: its id as common name, its tenant as organisation; for logging in."""
    ends = min(now + timedelta(days=days), by.certificate.not_valid_after_utc)
    builder = _builder(
        _name(device_id, tenant_id), by.certificate.subject, asked.key, now, ends
    ).add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    return _signed(_end(builder), by.key, by.key.public_key())


def of_broker(hosts: Sequence[str], *, by: Made, now: datetime) -> Made:
    """A broker's certificate for these names and addresses."""
    if not hosts:
        raise InvalidError("name at least one host by which devices find the broker")
    key = ec.generate_private_key(ec.SECP256R1())
    ends = min(now + timedelta(days=BROKER_DAYS), by.certificate.not_valid_after_utc)
    builder = (
        _builder(_name(hosts[0]), by.certificate.subject, key.public_key(), now, ends)
        .add_extension(x509.SubjectAlternativeName(map(_host, hosts)), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    return Made(_signed(_end(builder), by.key, by.key.public_key()), key)


def revoked_list(revoked: Iterable[tuple[str, datetime]], *, by: Made, now: datetime) -> str:
    """The list of revoked certificates, (serial, revoked at), of one authority; PEM."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(by.certificate.subject)
        .last_update(now)
        .next_update(now + _REVOKED_LIST_LIFE)
        .add_extension(_key_id(by.key.public_key()), critical=False)
        .add_extension(x509.CRLNumber(int(now.timestamp() * 1000)), critical=False)
    )
    for serial, moment in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(int(serial, 16))
        builder = builder.add_revoked_certificate(entry.revocation_date(moment).build())
    return builder.sign(by.key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def asked(request: bytes) -> Asked:
    """Read a certification request (PKCS #10), in DER or PEM.

    Raises:
        InvalidError: it is none, its signature does not hold, or its key is of no use here.
    """
    if len(request) > _REQUEST_BYTES_MAX:
        raise InvalidError(f"a request of {len(request)} bytes: at most {_REQUEST_BYTES_MAX}")
    try:
        read = (
            x509.load_pem_x509_csr(request)
            if request.startswith(b"-----BEGIN")
            else x509.load_der_x509_csr(request)
        )
        holds, key = read.is_signature_valid, read.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise InvalidError("this is no certification request (PKCS #10)") from None
    if not holds:
        raise InvalidError("the request is not signed with the key that it is for")
    return Asked(_usable(key), fingerprint(key))


def _usable(key: object) -> PublicKey:
    match key:
        case ec.EllipticCurvePublicKey(curve=ec.SECP256R1() | ec.SECP384R1()):
            return key
        case rsa.RSAPublicKey(key_size=bits) if bits >= _RSA_BITS_MIN:
            return key
        case _:
            raise InvalidError(f"use a key on P-256 or P-384, or RSA of {_RSA_BITS_MIN} bits")


def fingerprint(key: object) -> bytes:
    """SHA-256 of a public key."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))  # type: ignore[attr-defined]
    return digest.finalize()


def key_pem(key: PrivateKey) -> str:
    """A private key as text, not encrypted."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def key_from(pem: bytes) -> PrivateKey:
    """Back again; `InvalidError` where it is none of ours."""
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise InvalidError("this is no private key of an authority of ours")
    return key


def pem(certificate: x509.Certificate) -> str:
    """A certificate as text."""
    return certificate.public_bytes(Encoding.PEM).decode()


def der(certificate: x509.Certificate) -> bytes:
    """A certificate as bytes."""
    return certificate.public_bytes(Encoding.DER)


def certificate_from(text: str) -> x509.Certificate:
    """A certificate of ours, from its text."""
    return x509.load_pem_x509_certificate(text.encode())


def serial_of(certificate: x509.Certificate) -> str:
    """Its serial number, hexadecimal, as certificates are told apart here."""
    return f"{certificate.serial_number:x}"


def common_name(certificate: x509.Certificate) -> str:
    """What it calls its holder."""
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


def hosts_of(certificate: x509.Certificate) -> list[str]:
    """The names and addresses that a broker's certificate is for."""
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(one.value) for one in names]


def due_at(begins: datetime, ends: datetime) -> datetime:
    """When two thirds of a time are over: the next certificate is wanted then."""
    return begins + (ends - begins) * 2 / 3


def _mark(key: PrivateKey) -> str:
    """Two authorities of one name are told apart by it."""
    return fingerprint(key.public_key())[:4].hex()


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _name(common: str, organisation: str | None = None) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if organisation is not None:
        parts.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    return x509.Name(parts)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: PublicKey, now: datetime, ends: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BEFORE)
        .not_valid_after(ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _authority(builder: x509.CertificateBuilder, path_length: int) -> x509.CertificateBuilder:
    may = x509.BasicConstraints(ca=True, path_length=path_length)
    return builder.add_extension(may, critical=True).add_extension(_usage(True), critical=True)


def _end(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    may = x509.BasicConstraints(ca=False, path_length=None)
    return builder.add_extension(may, critical=True).add_extension(_usage(False), critical=True)


def _usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _key_id(key: PublicKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(key)


def _signed(
    builder: x509.CertificateBuilder, key: PrivateKey, public: PublicKey
) -> x509.Certificate:
    return builder.add_extension(_key_id(public), critical=False).sign(key, hashes.SHA256())
