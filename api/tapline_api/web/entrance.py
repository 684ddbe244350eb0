"""The front page, and the sign-in of staff and property managers."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response, status

from tapline import audit, people
from tapline.errors import DeniedError, InvalidError, TooManyError
from tapline.people import Attempts, Staff
from tapline.uow import UnitOfWork
from tapline_api import cookies
from tapline_api.deps import CurrentStaff, Member, Transaction, address_of, staff_session
from tapline_api.redirects import local_path, see_other
from tapline_api.templating import render

router = APIRouter()

_DOORS = {"/console", "/field", "/manager"}


@router.get("/")
def landing(request: Request) -> Response:
    """Three doors and the hotline."""
    return render(request, "shared/landing.html")


@router.get("/sign-in")
def sign_in_page(
    request: Request,
    member: Annotated[Member | None, Depends(staff_session)],
    next_page: Annotated[str, Query(alias="next")] = "",
    changed: bool = False,
) -> Response:
    """The form; whoever is signed in goes on to his place."""
    if member is not None:
        return see_other(_destination(member.staff, next_page))
    return _form(request, next_page=next_page, changed=changed)


@router.post("/sign-in")
def sign_in(
    request: Request,
    uow: Transaction,
    login: Annotated[str, Form(max_length=100)],
    password: Annotated[str, Form(max_length=1000)],
    next_page: Annotated[str, Form(alias="next")] = "",
) -> Response:
    """Open a session. A refusal is an answer and not an error, so that its record is kept."""
    attempts: Attempts = request.app.state.attempts
    login, address = login.strip().lower(), address_of(request)
    try:
        attempts.check(login=login, address=address)
    except TooManyError as error:
        return _form(
            request, login=login, next_page=next_page, wait_s=timedelta(seconds=error.retry_s)
        )
    member = people.verified(uow, login=login, password=password)
    if member is None:
        attempts.failed(login=login, address=address)
        audit.record(
            uow, tenant_id=None, actor=login, action="session.refuse", subject=f"staff:{login}"
        )
        return _form(request, login=login, next_page=next_page, refused=True)
    attempts.succeeded(login=login, address=address)
    return _opened(request, uow, member, next_page)


def _opened(request: Request, uow: UnitOfWork, member: Staff, next_page: str) -> Response:
    token = people.open_for(uow, person=member, address=address_of(request))
    audit.record(
        uow,
        tenant_id=member.tenant_id,
        actor=member.login,
        action="session.open",
        subject=f"staff:{member.login}",
    )
    answer = see_other(_destination(member, next_page))
    cookies.keep(request, answer, cookies.STAFF, token)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, uow: Transaction, member: CurrentStaff) -> Response:
    """Close the session."""
    token = cookies.read(request, cookies.STAFF)
    if token is not None:
        people.close(uow, token=token)
    audit.record(
        uow,
        tenant_id=member.tenant_id,
        actor=member.actor,
        action="session.close",
        subject=f"staff:{member.actor}",
    )
    answer = see_other("/")
    cookies.drop(request, answer, cookies.STAFF)
    return answer


@router.get("/account")
def account(request: Request, member: CurrentStaff) -> Response:
    """One's own account: a new password."""
    return render(request, "shared/account.html", member=member, home=_home(member.staff), why="")


@router.post("/account/password")
def change_password(
    request: Request,
    uow: Transaction,
    member: CurrentStaff,
    old: Annotated[str, Form(max_length=1000)],
    new: Annotated[str, Form(max_length=1000)],
) -> Response:
    """Change it; every session ends, and the sign-in page says so."""
    try:
        people.change_password(uow, member=member.staff, old=old, new=new)
    except (DeniedError, InvalidError) as error:
        return render(
            request,
            "shared/account.html",
            status_code=status.HTTP_422_UNPROCESSABLE_CONTENT,
            member=member,
            home=_home(member.staff),
            why=error.code,
        )
    audit.record(
        uow,
        tenant_id=member.tenant_id,
        actor=member.actor,
        action="password.change",
        subject=f"staff:{member.actor}",
    )
    answer = see_other("/sign-in?changed=true")
    cookies.drop(request, answer, cookies.STAFF)
    return answer


def _home(member: Staff) -> str:
    if member.role.works_at_desk:
        return "/console"
    return "/field" if member.role.works_in_field else "/manager"


def _destination(member: Staff, next_page: str) -> str:
    """The page that he wanted, unless it lies behind a door that is not his."""
    home = _home(member)
    page = local_path(next_page, otherwise=home)
    door = "/" + page.lstrip("/").partition("?")[0].partition("/")[0]
    return home if door in _DOORS - {home} else page


def _form(
    request: Request,
    *,
    login: str = "",
    next_page: str = "",
    refused: bool = False,
    changed: bool = False,
    wait_s: timedelta | None = None,
) -> Response:
    code = status.HTTP_200_OK
    if refused:
        code = status.HTTP_401_UNAUTHORIZED
    if wait_s:
        code = status.HTTP_429_TOO_MANY_REQUESTS
    return render(
        request,
        "shared/sign_in.html",
        status_code=code,
        login=login,
        next=next_page,
        refused=refused,
        changed=changed,
        wait_s=wait_s,
    )
