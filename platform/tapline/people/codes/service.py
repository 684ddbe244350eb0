import hmac
from datetime import timedelta

from tapline import clock
from tapline.errors import TooManyError
from tapline.ids import new_id
from tapline.people.codes import rules
from tapline.people.codes.model import OneTimeCode
from tapline.people.codes.repository import CodeRepository
from tapline.people.customers.model import Customer
from tapline.people.customers.repository import CustomerRepository
from tapline.uow import UnitOfWork

_HOUR = timedelta(hours=1)


def ask(uow: UnitOfWork, *, tenant_id: str, phone: str, address: str) -> str | None:
    """A new code for the customer with this phone; None where the phone is nobody's.

    The caller sends what it gets and answers alike in both cases: an unknown phone is counted,
    limited and stored as a known one is.

    Raises:
        TooManyError: the phone or the address has asked often enough in the last hour.
    """
    codes, now = CodeRepository(uow), clock.now()
    codes.serialise(phone, address)
    _check_rate(codes, tenant_id, phone, address)
    code, code_id = rules.generated(), new_id()
    codes.add(
        OneTimeCode(
            code_id=code_id,
            tenant_id=tenant_id,
            phone=phone,
            code_hash=rules.hashed(code_id, code),
            address=address,
            asked_at=now,
            expires_at=now + rules.LIFE,
            attempts=0,
            used_at=None,
        )
    )
    known = CustomerRepository(uow).by_phone(tenant_id, phone)
    return code if known is not None else None


def redeem(uow: UnitOfWork, *, tenant_id: str, phone: str, code: str) -> Customer | None:
    """The customer who proves the phone by its newest code, or None.

    A wrong code is an answer and not an error: the transaction must commit the attempt.
    """
    asked = CodeRepository(uow).attempt(tenant_id, phone, clock.now(), rules.ATTEMPTS)
    if asked is None:
        return None
    if not hmac.compare_digest(asked.code_hash, rules.hashed(asked.code_id, code)):
        return None
    asked.used_at = clock.now()
    return CustomerRepository(uow).by_phone(tenant_id, phone)


def forget_ended(uow: UnitOfWork) -> None:
    """Drop codes that ended more than a day ago."""
    CodeRepository(uow).forget_before(clock.now() - timedelta(days=1))


def _check_rate(codes: CodeRepository, tenant_id: str, phone: str, address: str) -> None:
    now = clock.now()
    for asked, most in (
        (codes.asked_for_phone(tenant_id, phone, now - _HOUR), rules.PER_PHONE_HOUR),
        (codes.asked_from_address(address, now - _HOUR), rules.PER_ADDRESS_HOUR),
    ):
        if len(asked) >= most:
            wait = asked[-most] + _HOUR - now
            raise TooManyError(
                "too many codes were asked for: wait, then ask again",
                retry_s=max(1, round(wait.total_seconds())),
            )
