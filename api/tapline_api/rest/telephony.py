"""What telephone exchanges tell us. Nobody signs in here: the signature is the proof."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, status

from tapline import hotline
from tapline.hotline import EventRefusedError, Ports, UnreadableEventError
from tapline_api.deps import Transaction
from tapline_api.rest.payments import raw_body

router = APIRouter(prefix="/telephony", tags=["telephony"])


@router.post("/events/{provider}/{tenant_id}", status_code=status.HTTP_204_NO_CONTENT)
def take_event(
    request: Request,
    uow: Transaction,
    body: Annotated[bytes, Depends(raw_body)],
    provider: str,
    tenant_id: str,
) -> None:
    """One event of an exchange: 204 once it is kept, whatever it came to; 401 if not its own."""
    exchanges: Ports = request.app.state.exchanges
    if provider not in exchanges or not hotline.numbers_of(uow, tenant_id=tenant_id):
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"{provider} serves no number here")
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        event = exchanges[provider].read(headers, body)
    except EventRefusedError as refusal:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, str(refusal)) from refusal
    except UnreadableEventError as error:
        hotline.on_unreadable(
            uow, tenant_id=tenant_id, provider=provider, body=body, reason=str(error)
        )
        return
    hotline.on_port_event(uow, tenant_id=tenant_id, event=event)
