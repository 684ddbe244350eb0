"""Firmware images: signed where the private key is, sent in where the machines are told."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tapline_ops.commands.options import DATA_DIR, DataDir, TenantId, folder

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

app = typer.Typer(help="Firmware for machines.", no_args_is_help=True)

Image = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The image itself.")]
KeyFile = Annotated[Path, typer.Option(help="The private key, PEM. It never leaves its place.")]

_PRIVATE = 0o600


@app.command()
def key(key_file: KeyFile = Path("firmware.pem")) -> None:
    """Make the key that signs firmware, once, on a machine without a network; print the public
    key."""
    import os

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    if key_file.exists():
        raise RuntimeError(f"{key_file} exists: what it signed counts, so it is not written over")
    private = Ed25519PrivateKey.generate()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb") as file:
        file.write(pem)
    typer.echo(private.public_key().public_bytes_raw().hex())


@app.command()
def sign(
    image: Image,
    *,
    key_file: KeyFile,
    version: Annotated[str, typer.Option(help="What a machine says that it runs, e.g. 2.5.0.")],
    hw: Annotated[list[str], typer.Option(help="A model that it fits; may be repeated.")],
    counter: Annotated[int, typer.Option(help="The security counter: machines never go below.")],
    min_version: Annotated[
        str | None, typer.Option(help="The least that a machine must run before.")
    ] = None,
) -> None:
    """Write IMAGE.manifest and IMAGE.sig beside the image."""
    import base64
    import hashlib

    from tapline.rollouts import images
    from tapline.rollouts.images import Manifest

    content = image.read_bytes()
    manifest = Manifest(
        version=version,
        hw=tuple(hw),
        counter=counter,
        min_version=min_version,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    signed = images.sign(manifest, _private_key(key_file))
    _beside(image, "manifest").write_bytes(signed.body)
    _beside(image, "sig").write_bytes(base64.b64encode(signed.signature) + b"\n")
    typer.echo(signed.body.decode())


@app.command()
def upload(
    image: Image,
    *,
    tenant: TenantId,
    actor: Annotated[str, typer.Option(help="Who sends it, for the audit trail.")],
    notes: Annotated[str, typer.Option(help="What has changed.")] = "",
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Send in an image with what `sign` wrote beside it; the console then rolls it out."""
    import base64

    from tapline.rollouts import images
    from tapline.rollouts.images import SignedManifest, Trust
    from tapline.settings import settings
    from tapline_ops import access

    signed = SignedManifest(
        _beside(image, "manifest").read_bytes(),
        base64.b64decode(_beside(image, "sig").read_bytes()),
    )
    with access.transaction(folder(data_dir), existing=True) as uow:
        kept = images.upload(
            uow,
            trust=Trust.of(settings().firmware_keys),
            tenant_id=tenant,
            name=image.name,
            content=image.read_bytes(),
            signed=signed,
            notes=notes,
            actor=actor,
        )
        typer.echo(f"{kept.version} is kept as {kept.image_id}")


@app.command("list")
def list_(tenant: TenantId, data_dir: DataDir = DATA_DIR) -> None:
    """List an operator's images, newest first: version, models, counter, size, hash."""
    from tapline.rollouts import images
    from tapline_ops import access

    with access.transaction(folder(data_dir), existing=True) as uow:
        for one in images.listed(uow, tenant_id=tenant):
            models = ",".join(one.hw)
            typer.echo(
                f"{one.version}\t{models}\t{one.counter}\t{one.size_bytes}\t{one.sha256[:16]}"
            )


def _private_key(path: Path) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    from tapline.errors import InvalidError

    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise InvalidError(
            f"{path} holds no private key: `tapline firmware key` makes one"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise InvalidError(f"{path} is no Ed25519 key")
    return key


def _beside(image: Path, kind: str) -> Path:
    return image.with_name(f"{image.name}.{kind}")
