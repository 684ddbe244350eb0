from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from tapline.errors import NotFoundError
from tapline.rollouts.images.model import FirmwareImage
from tapline.uow import UnitOfWork


class ImageRepository:
    """Images of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, image: FirmwareImage) -> None:
        self._session.add(image)
        self._session.flush()

    def get(self, image_id: UUID) -> FirmwareImage:
        image = self._session.get(FirmwareImage, image_id)
        if image is None or image.tenant_id != self._tenant_id:
            raise NotFoundError(f"no firmware image {image_id}")
        return image

    def same(self, sha256: str, counter: int) -> FirmwareImage | None:
        """The image of this content and counter, if it is kept."""
        return self._session.scalar(
            select(FirmwareImage).where(
                FirmwareImage.tenant_id == self._tenant_id,
                FirmwareImage.sha256 == sha256,
                FirmwareImage.counter == counter,
            )
        )

    def listed(self) -> Sequence[FirmwareImage]:
        """Newest first."""
        return self._session.scalars(
            select(FirmwareImage)
            .where(FirmwareImage.tenant_id == self._tenant_id)
            .order_by(FirmwareImage.uploaded_at.desc(), FirmwareImage.image_id.desc())
        ).all()

    def named(self, version: str) -> Sequence[FirmwareImage]:
        """Those that call themselves this version."""
        return self._session.scalars(
            select(FirmwareImage).where(
                FirmwareImage.tenant_id == self._tenant_id, FirmwareImage.version == version
            )
        ).all()
