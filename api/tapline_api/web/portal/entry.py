"""Sign-in by phone and one-time code. No answer tells whether a phone is known."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response, status

from tapline import audit, notices, people, tenants
from tapline.errors import InvalidError, TooManyError
from tapline.people import Customer
from tapline.uow import UnitOfWork
from tapline_api import cookies
from tapline_api.deps import CurrentCustomer, Transaction, address_of
from tapline_api.localisation import catalog, locale_of
from tapline_api.redirects import local_path, see_other
from tapline_api.templating import render

router = APIRouter()


@router.get("/sign-in")
def sign_in_page(
    request: Request, uow: Transaction, next_page: Annotated[str, Query(alias="next")] = ""
) -> Response:
    """Asks for the phone."""
    return _ask_phone(request, uow, next_page=next_page)


@router.post("/code")
def send_code(
    request: Request,
    uow: Transaction,
    phone: Annotated[str, Form(max_length=20)],
    operator: Annotated[str, Form(max_length=40)] = "",
    next_page: Annotated[str, Form(alias="next")] = "",
) -> Response:
    """Sends a code where the phone is a customer's, and says the same where it is not."""
    typed: dict[str, Any] = {"operator": operator, "phone": phone, "next_page": next_page}
    if operator not in tenants.ids(uow):
        return _ask_phone(request, uow, why="phone", **typed)
    try:
        number = people.phone_number(phone)
        code = people.ask_code(uow, tenant_id=operator, phone=number, address=address_of(request))
    except InvalidError:
        return _ask_phone(request, uow, why="phone", **typed)
    except TooManyError as error:
        wait = timedelta(seconds=error.retry_s)
        return _ask_phone(request, uow, why="too_many", wait=wait, **typed)
    if code is not None:
        _send(request, uow, operator, number, code)
    return _ask_code(request, operator, number, next_page)


def _send(request: Request, uow: UnitOfWork, tenant_id: str, phone: str, code: str) -> None:
    words = catalog(locale_of(request)).gettext(
        "%(code)s is your sign-in code for the water card, valid for five minutes. Tell it nobody."
    )
    notices.queue_sms(
        uow,
        tenant_id=tenant_id,
        dedupe_key=f"code:{phone}:{code}",
        phone=phone,
        text=words % {"code": code},
        secret=True,
    )


@router.post("/sign-in")
def sign_in(
    *,
    request: Request,
    uow: Transaction,
    phone: Annotated[str, Form(max_length=20)],
    code: Annotated[str, Form(max_length=10)],
    operator: Annotated[str, Form(max_length=40)],
    next_page: Annotated[str, Form(alias="next")] = "",
) -> Response:
    """Open a session. A wrong code is an answer and not an error, so that it is counted."""
    customer = people.redeem_code(uow, tenant_id=operator, phone=phone, code=code.replace(" ", ""))
    if customer is None:
        return _ask_code(request, operator, phone, next_page, wrong=True)
    token = people.open_for(uow, person=customer, address=address_of(request))
    _record(uow, customer, "session.open")
    answer = see_other(local_path(next_page, otherwise="/portal"))
    cookies.keep(request, answer, cookies.CUSTOMER, token)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, uow: Transaction, holder: CurrentCustomer) -> Response:
    """Close the session."""
    token = cookies.read(request, cookies.CUSTOMER)
    if token is not None:
        people.close(uow, token=token)
    _record(uow, holder.customer, "session.close")
    answer = see_other("/portal/sign-in")
    cookies.drop(request, answer, cookies.CUSTOMER)
    return answer


def _record(uow: UnitOfWork, customer: Customer, action: str) -> None:
    subject = f"customer:{customer.customer_id}"
    audit.record(uow, tenant_id=customer.tenant_id, actor=subject, action=action, subject=subject)


def _ask_phone(
    request: Request,
    uow: UnitOfWork,
    *,
    operator: str = "",
    phone: str = "",
    next_page: str = "",
    why: str = "",
    wait: timedelta | None = None,
) -> Response:
    codes = {
        "phone": status.HTTP_422_UNPROCESSABLE_CONTENT,
        "too_many": status.HTTP_429_TOO_MANY_REQUESTS,
    }
    return render(
        request,
        "portal/sign_in.html",
        status_code=codes.get(why, status.HTTP_200_OK),
        operators=tenants.listed(uow),
        operator=operator,
        phone=phone,
        next=next_page,
        why=why,
        wait=wait,
    )


def _ask_code(
    request: Request, operator: str, phone: str, next_page: str, *, wrong: bool = False
) -> Response:
    return render(
        request,
        "portal/code.html",
        status_code=status.HTTP_401_UNAUTHORIZED if wrong else status.HTTP_200_OK,
        operator=operator,
        phone=phone,
        next=next_page,
        wrong=wrong,
    )
