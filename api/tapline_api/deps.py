"""What endpoints ask for: a transaction, and who is at the other end."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, HTTPException, Request, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from tapline import audit, people, policy
from tapline.errors import DeniedError
from tapline.people import Customer, PersonSession, Scope, Staff
from tapline.uow import Database, UnitOfWork
from tapline_api import cookies, security
from tapline_api.limits import RequestLimits
from tapline_api.names import Names


def address_of(request: Request) -> str:
    """The network address that the request came from."""
    return request.client.host if request.client else "unknown"


def _transaction(request: Request) -> Iterator[UnitOfWork]:
    database: Database = request.app.state.database
    with database.transaction() as uow:
        audit.came_from(uow, address=address_of(request))
        yield uow


# "function": commit before the response leaves. FastAPI's default commits after it, so a
# client could be told 200 for a transaction that then failed.
Transaction = Annotated[UnitOfWork, Depends(_transaction, scope="function")]


class SignInNeededError(HTTPException):
    """Nobody is signed in; `door` is the page where that is mended."""

    def __init__(self, door: str) -> None:
        super().__init__(status.HTTP_401_UNAUTHORIZED, "sign in first")
        self.door = door


class WrongDoorError(HTTPException):
    """Somebody is signed in who has no business here."""

    def __init__(self) -> None:
        super().__init__(status.HTTP_403_FORBIDDEN, "your account does not open this page")


class OutsideError(DeniedError):
    """The console does not open from where the asker is."""

    code = "outside"

    def __init__(self, address: str) -> None:
        super().__init__(
            f"your account does not open from {address}: connect to your company's network, or"
            " ask an administrator to name this one in the rules"
        )


def limited(request: Request) -> None:
    """Refuse an address that asks too often."""
    limits: RequestLimits = request.app.state.limits
    limits.check(address_of(request))


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff who is signed in, and what he may see."""

    staff: Staff
    scope: Scope
    csrf_token: str
    people: Names
    """What those are called who did what he reads of."""

    @property
    def tenant_id(self) -> str:
        return self.staff.tenant_id

    @property
    def actor(self) -> str:
        """As the audit trail names him."""
        return self.staff.login


@dataclass(frozen=True, slots=True)
class Holder:
    """A customer who is signed in."""

    customer: Customer
    csrf_token: str

    @property
    def tenant_id(self) -> str:
        return self.customer.tenant_id

    @property
    def actor(self) -> str:
        """As the audit trail names him."""
        return f"customer:{self.customer.customer_id}"


def _resumed(request: Request, uow: UnitOfWork, cookie: str) -> people.SignedIn | None:
    token = cookies.read(request, cookie)
    return people.resume(uow, token=token) if token else None


def staff_session(request: Request, uow: Transaction) -> Member | None:
    """The member whose cookie this is, if any."""
    found = _resumed(request, uow, cookies.STAFF)
    if found is None or found.staff is None:
        return None
    return _member(uow, found.staff, found.session)


def _member(uow: UnitOfWork, staff: Staff, session: PersonSession) -> Member:
    return Member(
        staff,
        people.scope_of(uow, member=staff),
        session.csrf_token,
        Names(uow, staff.tenant_id),
    )


async def _signed_in_staff(
    request: Request, member: Annotated[Member | None, Depends(staff_session)]
) -> Member:
    if member is None:
        raise SignInNeededError(_door("/sign-in", request))
    await security.check_token(request, member.csrf_token)
    return member


CurrentStaff = Annotated[Member, Depends(_signed_in_staff)]


def _at_desk(request: Request, uow: Transaction, member: CurrentStaff) -> Member:
    if not member.staff.role.works_at_desk:
        raise WrongDoorError
    _require_inside(request, uow, member)
    return member


def _require_inside(request: Request, uow: UnitOfWork, member: Member) -> None:
    """Whoever sees every customer works from where the operator says."""
    address = address_of(request)
    in_force = policy.current(uow, tenant_id=member.tenant_id)
    if not policy.admitted(in_force.console_networks, address):
        raise OutsideError(address)


def property_manager(member: CurrentStaff) -> Member:
    """Managers of properties alone; `WrongDoorError` else."""
    if member.staff.role is not people.Role.MANAGER:
        raise WrongDoorError
    return member


def _in_field(member: CurrentStaff) -> Member:
    if not member.staff.role.works_in_field:
        raise WrongDoorError
    return member


CurrentAgent = Annotated[Member, Depends(_at_desk)]
CurrentFieldWorker = Annotated[Member, Depends(_in_field)]
CurrentManager = Annotated[Member, Depends(property_manager)]


def customer_session(request: Request, uow: Transaction) -> Holder | None:
    """The customer whose cookie this is, if any."""
    found = _resumed(request, uow, cookies.CUSTOMER)
    if found is None or found.customer is None:
        return None
    return Holder(found.customer, found.session.csrf_token)


async def _signed_in_customer(
    request: Request, holder: Annotated[Holder | None, Depends(customer_session)]
) -> Holder:
    if holder is None:
        raise SignInNeededError(_door("/portal/sign-in", request))
    await security.check_token(request, holder.csrf_token)
    return holder


CurrentCustomer = Annotated[Holder, Depends(_signed_in_customer)]


def _customer_alone(request: Request) -> Holder:
    database: Database = request.app.state.database
    with database.transaction() as uow:
        holder = customer_session(request, uow)
    if holder is None:
        raise SignInNeededError(_door("/portal/sign-in", request))
    return holder


# For pages that ask a provider: no transaction is open meanwhile. For reading only, as no form's
# token is checked.
CustomerAlone = Annotated[Holder, Depends(_customer_alone)]

_bearer = HTTPBearer(auto_error=False, description="A token from `POST /api/v1/sessions`.")


def _bearer_member(
    request: Request,
    uow: Transaction,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Member:
    found = people.resume(uow, token=credentials.credentials) if credentials else None
    if found is None or found.staff is None:
        raise HTTPException(
            status.HTTP_401_UNAUTHORIZED,
            "send `Authorization: Bearer …` with a token from POST /api/v1/sessions",
            {"WWW-Authenticate": "Bearer"},
        )
    member = _member(uow, found.staff, found.session)
    if member.staff.role.works_at_desk:
        _require_inside(request, uow, member)
    return member


ApiMember = Annotated[Member, Depends(_bearer_member)]


def _api_agent(member: ApiMember) -> Member:
    if not member.staff.role.works_at_desk:
        raise WrongDoorError
    return member


ApiAgent = Annotated[Member, Depends(_api_agent)]


def _door(page: str, request: Request) -> str:
    """The sign-in page, remembering where a reader wanted to go."""
    if request.method != "GET" or "hx-request" in request.headers:
        return page
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"{page}?next={quote(here, safe='/')}"
