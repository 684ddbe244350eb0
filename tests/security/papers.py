"""Keys, requests and certificates as a device or a forger makes them; and how doors answer."""

import socket
import ssl
import struct
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey


class Papers(NamedTuple):
    """A private key and the certificates that are shown with it, PEM."""

    key: Key
    chain: str


def new_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def request(key: Key, name: str = "whatever-it-says") -> bytes:
    """A certification request in DER."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return made.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def forged(device_id: str) -> Papers:
    """A certificate for a device's name by an authority of the forger's own."""
    now, key, authority = datetime.now(UTC), new_key(), new_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, device_id)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test root")]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )
    made = builder.sign(authority, hashes.SHA256())
    return Papers(key, made.public_bytes(Encoding.PEM).decode())


def context(root_pem: str, shown: Papers | None) -> ssl.SSLContext:
    """A client's side of TLS."""
    made = ssl.create_default_context(cadata=root_pem)
    if shown is not None:
        own = shown.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with tempfile.TemporaryDirectory() as place:
            file = Path(place) / "own.pem"
            file.write_text(own.decode() + shown.chain)
            made.load_cert_chain(file)
    return made


def lets_in(port: int, tls: ssl.SSLContext, name: str, password: str = "") -> bool:
    """Whether a broker answers a login with yes, asked by hand."""
    words = [struct.pack("!H", len(word)) + word.encode() for word in (name, name, password)]
    body = b"\x00\x04MQTT\x04\xc2\x00\x3c" + b"".join(words)
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=10) as line,
            tls.wrap_socket(line, server_hostname="127.0.0.1") as secure,
        ):
            secure.sendall(bytes([0x10, len(body)]) + body)
            return secure.recv(4) == b"\x20\x02\x00\x00"
    except (ssl.SSLError, ConnectionResetError, BrokenPipeError):
        return False
