"""What reconciliation found."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel

from tapline import reconciliation
from tapline.reconciliation import Resolution, Side, sentences
from tapline_api.deps import ApiAgent, Transaction
from tapline_api.formats import mask_card
from tapline_api.localisation import locale_of

router = APIRouter(prefix="/findings", tags=["findings"])


class FindingOut(BaseModel):
    """`sentence` is in the language of Accept-Language; `card` is masked. `device_id` and `seq` are
    null where it is about no machine and no fact."""

    finding_id: UUID
    code: str
    device_id: str | None
    seq: int | None
    card: str | None
    amount_fen: int
    resolution: Resolution
    proposed_side: Side
    sentence: str
    detected_at: datetime


@router.get("")
def list_findings(
    request: Request,
    uow: Transaction,
    member: ApiAgent,
    code: Annotated[str | None, Query(pattern=r"^D\d\d$")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[FindingOut]:
    """Newest first; of one rule where `code` is given."""
    locale = locale_of(request)
    found = reconciliation.listed(
        uow, tenant_id=member.tenant_id, codes=[code] if code else None, limit=limit
    )
    return [
        FindingOut(
            finding_id=finding.finding_id,
            code=finding.code,
            device_id=finding.device_id,
            seq=finding.seq,
            card=mask_card(finding.card_no) if finding.card_no else None,
            amount_fen=finding.amount_fen,
            resolution=finding.resolution,
            proposed_side=finding.side,
            sentence=sentences.plain(finding, locale),
            detected_at=finding.detected_at,
        )
        for finding in found
    ]
