"""What payment providers tell us. Nobody signs in here: the signature is the proof."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, status

from tapline import payments
from tapline.payments import Gateways
from tapline_api.deps import Transaction

router = APIRouter(prefix="/payments", tags=["payments"])

_BYTES_MAX = 64 * 1024


async def raw_body(request: Request) -> bytes:
    """The bytes that were signed; a notification is short."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _BYTES_MAX:
            raise HTTPException(
                status.HTTP_413_CONTENT_TOO_LARGE,
                f"a notification has at most {_BYTES_MAX} bytes",
            )
    return bytes(body)


@router.post("/notices/{provider}/{tenant_id}", status_code=status.HTTP_204_NO_CONTENT)
def take_notice(
    request: Request,
    uow: Transaction,
    body: Annotated[bytes, Depends(raw_body)],
    provider: str,
    tenant_id: str,
) -> None:
    """A provider's notification. 204 once it is kept, whatever it came to; 401 if it is not his."""
    gateways: Gateways = request.app.state.gateways
    if provider not in gateways:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"{provider} is no provider of ours")
    try:
        payments.take_notice(
            uow,
            tenant_id=tenant_id,
            provider=provider,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=body,
            gateway=gateways[provider],
        )
    except payments.NoticeRefusedError as refusal:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, str(refusal)) from refusal
