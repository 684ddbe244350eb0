"""Photos that people send with a form, and showing them again."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import File, Response, UploadFile

from tapline import clock, files
from tapline.errors import InvalidError, NotFoundError
from tapline.uow import UnitOfWork

PHOTOS_MAX = 3
_KEPT = timedelta(days=180)
"""Longer than any complaint about a delivery or a repair may take."""

Photos = Annotated[list[UploadFile] | None, File()]
"""The field of a form."""


def kept(uow: UnitOfWork, tenant_id: str, photos: Iterable[UploadFile]) -> list[UUID]:
    """Keep what was chosen; a field that was left empty is none. Where and when a photo was taken,
    and with what, is not kept.

    Raises:
        InvalidError: too many, too large, or no pictures.
    """
    chosen = [photo for photo in photos if photo.filename]
    if len(chosen) > PHOTOS_MAX:
        raise InvalidError(f"send at most {PHOTOS_MAX} photos")
    return [_keep(uow, tenant_id, photo) for photo in chosen]


def shown(uow: UnitOfWork, tenant_id: str, file_id: UUID) -> Response:
    """The picture itself. Who may see it is for the caller to know.

    Raises:
        NotFoundError: there is none such, it was erased, or it is no picture.
    """
    file, content = files.read(uow, tenant_id=tenant_id, file_id=file_id)
    if not file.media_type.startswith("image/"):
        raise NotFoundError(f"file {file_id} is no picture")
    return Response(content, media_type=file.media_type)


def _keep(uow: UnitOfWork, tenant_id: str, photo: UploadFile) -> UUID:
    content = photo.file.read(files.FILE_BYTES_MAX + 1)
    media_type = photo.content_type or ""
    if not media_type.startswith("image/"):
        raise InvalidError("send a photo: JPEG, PNG or WebP")
    return files.keep(
        uow,
        tenant_id=tenant_id,
        name=photo.filename or "photo",
        media_type=media_type,
        content=files.bare(content),
        kept_until=clock.now() + _KEPT,
    ).file_id
