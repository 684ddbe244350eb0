import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from tapline import clock
from tapline.errors import ConflictError, NotFoundError
from tapline.files.model import StoredFile
from tapline.files.repository import FileRepository
from tapline.files.rules import checked_type, plain_name
from tapline.ids import new_id
from tapline.uow import UnitOfWork


def keep(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    name: str,
    media_type: str,
    content: bytes,
    kept_until: datetime | None = None,
) -> StoredFile:
    """Keep a file until `kept_until`, or without end.

    The same content of a tenant is the same file, under its first name, kept for as long as the
    longest of those who gave it want. `media_type` is what the sender says; what counts is what
    the content is.

    Raises:
        InvalidError: it is empty, too large, of no kept type, or not what it is said to be.
    """
    kind = checked_type(content, media_type)
    return _keep(uow, tenant_id, (name, kind), content, kept_until)


def keep_verified(
    uow: UnitOfWork, *, tenant_id: str, name: str, media_type: str, content: bytes
) -> StoredFile:
    """Keep without end what its caller knows to be what it should, by a signature say, and bounds
    himself: no kind of file, no size is refused here."""
    return _keep(uow, tenant_id, (name, media_type), content, None)


def _keep(
    uow: UnitOfWork,
    tenant_id: str,
    called: tuple[str, str],
    content: bytes,
    kept_until: datetime | None,
) -> StoredFile:
    name, media_type = called
    return FileRepository(uow).keep(
        {
            "file_id": new_id(),
            "tenant_id": tenant_id,
            "name": plain_name(name),
            "media_type": media_type,
            "sha256": hashlib.sha256(content).digest(),
            "size_bytes": len(content),
            "stored_at": clock.now(),
            "kept_until": kept_until,
            "content": content,
        }
    )


def get(uow: UnitOfWork, *, tenant_id: str, file_id: UUID) -> StoredFile:
    """One file without its content; `NotFoundError` where the tenant has none such."""
    return FileRepository(uow).get(tenant_id, file_id)


def listed(uow: UnitOfWork, *, tenant_id: str, file_ids: Collection[UUID]) -> Sequence[StoredFile]:
    """Those of the tenant's files, without their contents, in the order they were stored."""
    return FileRepository(uow).listed(tenant_id, file_ids)


def read(uow: UnitOfWork, *, tenant_id: str, file_id: UUID) -> tuple[StoredFile, bytes]:
    """A file and its content, which is checked against its hash.

    Raises:
        NotFoundError: there is none such, or its time was over and it was erased.
        ConflictError: the content is not what was kept.
    """
    file = FileRepository(uow).get(tenant_id, file_id, content=True)
    if file.content is None:
        raise NotFoundError(f"file {file_id} was erased when its time was over")
    if hashlib.sha256(file.content).digest() != file.sha256:
        raise ConflictError(f"file {file_id} is damaged: restore it from a backup")
    return file, file.content


def read_part(uow: UnitOfWork, *, tenant_id: str, file_id: UUID, offset: int, count: int) -> bytes:
    """`count` bytes of a content from `offset` on, fewer at its end; not checked against its hash.

    Raises:
        NotFoundError: there is none such, or its time was over and it was erased.
    """
    part = FileRepository(uow).part(tenant_id, file_id, offset, count)
    if part is None:
        raise NotFoundError(f"no file {file_id}, or its time was over")
    return part


def erase_ended(uow: UnitOfWork) -> int:
    """Erase the contents of all tenants whose time is over; how many. Their rows stay."""
    return FileRepository(uow).erase_ended(clock.now())
