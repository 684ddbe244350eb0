"""What makers' clouds tell us. Nobody signs in here: the signature is the proof."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, status

from tapline.devices import Vault, vendors
from tapline.devices.vendors import Clouds, PushRefusedError
from tapline_api.deps import Transaction
from tapline_api.rest.payments import raw_body

router = APIRouter(prefix="/vendors", tags=["vendors"])


@router.post("/{vendor}/{tenant_id}/pushes", status_code=status.HTTP_204_NO_CONTENT)
def take_push(
    request: Request,
    uow: Transaction,
    body: Annotated[bytes, Depends(raw_body)],
    vendor: str,
    tenant_id: str,
) -> None:
    """A push of a maker's cloud. 204 once it is kept, whatever its records come to; 401 if it is
    not signed, or not just now; 409 if this very request was taken before."""
    clouds: Clouds = request.app.state.clouds
    vault: Vault | None = request.app.state.vault
    if vendor not in clouds or vault is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"no cloud called {vendor} pushes here")
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        vendors.take_push(
            uow,
            vault=vault,
            cloud=clouds[vendor],
            tenant_id=tenant_id,
            vendor=vendor,
            headers=headers,
            body=body,
        )
    except PushRefusedError as refusal:
        raise HTTPException(status.HTTP_401_UNAUTHORIZED, str(refusal)) from refusal
