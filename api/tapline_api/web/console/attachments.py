"""Photos that came with a case, a delivery or a repair."""

from uuid import UUID

from fastapi import APIRouter, Response

from tapline_api.deps import CurrentAgent, Transaction
from tapline_api.web import photos

router = APIRouter()


@router.get("/files/{file_id}")
def photo(uow: Transaction, member: CurrentAgent, file_id: UUID) -> Response:
    """The picture; what is kept beside pictures is not shown here."""
    return photos.shown(uow, member.tenant_id, file_id)
