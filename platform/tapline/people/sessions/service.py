import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from tapline import clock
from tapline.errors import DeniedError
from tapline.people import passwords
from tapline.people.customers.model import Customer
from tapline.people.sessions import rules
from tapline.people.sessions.model import PersonSession
from tapline.people.sessions.repository import SessionRepository
from tapline.people.staff.model import Staff
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is at the other end: one of staff or customer."""

    session: PersonSession
    staff: Staff | None
    customer: Customer | None


def open_for(uow: UnitOfWork, *, person: Staff | Customer, address: str) -> str:
    """Start a session and return its token: for the person's browser, stored nowhere."""
    now, token = clock.now(), secrets.token_urlsafe(32)
    life = rules.STAFF if isinstance(person, Staff) else rules.CUSTOMER
    SessionRepository(uow).add(
        PersonSession(
            token_hash=_hash(token),
            tenant_id=person.tenant_id,
            staff_id=person.staff_id if isinstance(person, Staff) else None,
            customer_id=person.customer_id if isinstance(person, Customer) else None,
            csrf_token=secrets.token_urlsafe(32),
            address=address,
            started_at=now,
            seen_at=now,
            expires_at=rules.expiry(life, started_at=now, seen_at=now),
        )
    )
    return token


def resume(uow: UnitOfWork, *, token: str) -> SignedIn | None:
    """Who holds `token`, if the session still lives; using it keeps it alive."""
    now = clock.now()
    found = SessionRepository(uow).alive(_hash(token), now)
    if found is None:
        return None
    session, staff, customer = found
    if now - session.seen_at >= rules.TOUCH_EVERY:
        life = rules.STAFF if staff else rules.CUSTOMER
        session.seen_at = now
        session.expires_at = rules.expiry(life, started_at=session.started_at, seen_at=now)
    return SignedIn(session, staff, customer)


def close(uow: UnitOfWork, *, token: str) -> None:
    """Sign out."""
    SessionRepository(uow).revoke(_hash(token), clock.now())


def change_password(uow: UnitOfWork, *, member: Staff, old: str, new: str) -> None:
    """Set a password of one's own; every session of the account ends, here and elsewhere.

    Raises:
        DeniedError: `old` is wrong.
        InvalidError: `new` is too short.
    """
    if not passwords.matches(member.password_hash, old):
        raise DeniedError("the present password is wrong")
    member.password_hash = passwords.hashed(new)
    SessionRepository(uow).revoke_all(member.staff_id, clock.now())


def forget_ended(uow: UnitOfWork) -> None:
    """Drop sessions that ended more than ninety days ago."""
    SessionRepository(uow).forget_before(clock.now() - timedelta(days=90))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
