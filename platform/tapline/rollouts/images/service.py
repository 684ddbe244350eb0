from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tapline import audit, clock, files
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.ids import new_id
from tapline.people import Role
from tapline.rollouts.images.manifest import Manifest, SignedManifest, verify
from tapline.rollouts.images.model import FirmwareImage
from tapline.rollouts.images.repository import ImageRepository
from tapline.uow import UnitOfWork

IMAGE_BYTES_MAX = 16 * 1024 * 1024
UPLOADERS = frozenset({Role.SUPERVISOR, Role.ADMIN})
_MEDIA_TYPE = "application/octet-stream"
_PUBLIC_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Trust:
    """The public keys, hexadecimal, that may sign firmware here."""

    keys: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> "Trust":
        """From a list separated by commas; `InvalidError` for what is no Ed25519 key."""
        keys = tuple(one.strip().lower() for one in text.split(",") if one.strip())
        for key in keys:
            try:
                is_key = len(bytes.fromhex(key)) == _PUBLIC_KEY_BYTES
            except ValueError:
                is_key = False
            if not is_key:
                raise InvalidError(
                    f"TAPLINE_FIRMWARE_KEYS: {key!r} is no public key of 32 bytes in hexadecimal"
                )
        return cls(keys)


def upload(
    uow: UnitOfWork,
    *,
    trust: Trust,
    tenant_id: str,
    name: str,
    content: bytes,
    signed: SignedManifest,
    notes: str,
    actor: str,
    role: Role | None = None,
) -> FirmwareImage:
    """Keep a signed image; the same again is the same image.

    Args:
        uow: the transaction.
        trust: whose signature counts.
        tenant_id: whose machines it is for.
        name: what its file is called.
        content: the image itself.
        signed: what was signed of it.
        notes: what has changed, for whoever rolls it out.
        actor: who sends it.
        role: his role, where he is a member of staff.

    Raises:
        DeniedError: the role may not.
        InvalidError: it is not signed by a key of `trust`, or is not what was signed.
        ConflictError: another image calls itself the same version.
    """
    if role is not None and role not in UPLOADERS:
        raise DeniedError("a supervisor or an administrator sends firmware in: ask one")
    if len(content) > IMAGE_BYTES_MAX:
        raise InvalidError(f"an image has at most {IMAGE_BYTES_MAX // 2**20} MiB")
    manifest, key = verify(signed, content, trust.keys)
    images = ImageRepository(uow, tenant_id)
    if known := images.same(manifest.sha256, manifest.counter):
        return known
    if any(one.sha256 != manifest.sha256 for one in images.named(manifest.version)):
        raise ConflictError(
            f"another image is version {manifest.version} already: a machine names its version "
            "alone, so give this one a version of its own"
        )
    file = files.keep_verified(
        uow, tenant_id=tenant_id, name=name, media_type=_MEDIA_TYPE, content=content
    )
    image = _image(tenant_id, file.file_id, manifest, signed, signed_by=key)
    image.notes, image.uploaded_by = notes.strip(), actor
    images.add(image)
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action="firmware.upload",
        subject=f"firmware:{image.image_id}",
        reason=f"{manifest.version} {manifest.sha256}",
    )
    return image


def get(uow: UnitOfWork, *, tenant_id: str, image_id: UUID) -> FirmwareImage:
    """One image; `NotFoundError` where the tenant has none such."""
    return ImageRepository(uow, tenant_id).get(image_id)


def listed(uow: UnitOfWork, *, tenant_id: str) -> Sequence[FirmwareImage]:
    """A tenant's images, newest first."""
    return ImageRepository(uow, tenant_id).listed()


def _image(
    tenant_id: str, file_id: UUID, manifest: Manifest, signed: SignedManifest, *, signed_by: str
) -> FirmwareImage:
    return FirmwareImage(
        image_id=new_id(),
        tenant_id=tenant_id,
        file_id=file_id,
        version=manifest.version,
        hw=list(manifest.hw),
        min_version=manifest.min_version,
        counter=manifest.counter,
        size_bytes=manifest.size,
        sha256=manifest.sha256,
        manifest=signed.body,
        signature=signed.signature,
        signed_by=signed_by,
        uploaded_at=clock.now(),
    )
