"""Tokens for staff."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, status
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field

from tapline import audit, people
from tapline.people import Attempts, Role
from tapline_api.deps import ApiMember, Transaction, address_of

router = APIRouter(prefix="/sessions", tags=["sessions"])


class SignIn(BaseModel):
    login: str = Field(max_length=100)
    password: str = Field(max_length=1000)


class SessionOut(BaseModel):
    """Send `token` as `Authorization: Bearer …`; unused for two hours it ends."""

    token: str
    name: str
    role: Role


@router.post("", status_code=status.HTTP_201_CREATED, response_model=SessionOut)
def open_session(request: Request, body: SignIn, uow: Transaction) -> SessionOut | JSONResponse:
    """Sign in. A refusal is an answer and not an error, so that its record is kept."""
    attempts: Attempts = request.app.state.attempts
    login, address = body.login.strip().lower(), address_of(request)
    attempts.check(login=login, address=address)
    member = people.verified(uow, login=login, password=body.password)
    if member is None:
        attempts.failed(login=login, address=address)
        audit.record(
            uow, tenant_id=None, actor=login, action="session.refuse", subject=f"staff:{login}"
        )
        return _refused()
    attempts.succeeded(login=login, address=address)
    audit.record(
        uow,
        tenant_id=member.tenant_id,
        actor=member.login,
        action="session.open",
        subject=f"staff:{member.login}",
    )
    token = people.open_for(uow, person=member, address=address)
    return SessionOut(token=token, name=member.name, role=member.role)


def _refused() -> JSONResponse:
    problem = {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": status.HTTP_401_UNAUTHORIZED,
        "code": "wrong_credentials",
        "detail": "login and password do not go together",
    }
    return JSONResponse(
        problem, status.HTTP_401_UNAUTHORIZED, media_type="application/problem+json"
    )


@router.delete("/current", status_code=status.HTTP_204_NO_CONTENT)
def close_session(
    uow: Transaction,
    member: ApiMember,
    credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())],
) -> None:
    """Sign out: the token ends."""
    people.close(uow, token=credentials.credentials)
    audit.record(
        uow,
        tenant_id=member.tenant_id,
        actor=member.actor,
        action="session.close",
        subject=f"staff:{member.actor}",
    )
