import re
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.ids import new_id
from tapline.people import passwords
from tapline.people.customers.service import phone_number
from tapline.people.scope import Scope
from tapline.people.staff.model import Role, Staff
from tapline.people.staff.repository import StaffRepository
from tapline.uow import UnitOfWork

_LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,39}")


def create(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    login: str,
    name: str,
    role: Role,
    site_ids: Collection[UUID] = (),
    locale: str | None = None,
    skills: Mapping[str, int] | None = None,
    phone: str | None = None,
) -> tuple[Staff, str]:
    """A new account, and its generated password: shown now and never again.

    Raises:
        InvalidError: the login is not a login, the phone no mobile number, or a property manager
            has no site.
        ConflictError: the login is taken, by whatever tenant.
    """
    if not _LOGIN.fullmatch(login):
        raise InvalidError(
            f"login {login!r}: use a lower-case letter, then letters, digits, . _ - (2 to 40)"
        )
    if bool(site_ids) is not (role is Role.MANAGER):
        raise InvalidError("a property manager has sites; nobody else has")
    staff = StaffRepository(uow)
    if staff.by_login(login) is not None:
        raise ConflictError(f"login {login} is taken")
    password = passwords.generated()
    member = Staff(
        staff_id=new_id(),
        tenant_id=tenant_id,
        login=login,
        name=name,
        role=role,
        password_hash=passwords.hashed(password),
        locale=locale,
        phone=None if phone is None else phone_number(phone),
        skills=dict(skills or {}),
    )
    staff.add(member, site_ids)
    return member, password


def verified(uow: UnitOfWork, *, login: str, password: str) -> Staff | None:
    """Who signs in with these, or None; it takes as long either way."""
    member = StaffRepository(uow).by_login(login.strip().lower())
    active = member if member is not None and member.disabled_at is None else None
    matched = passwords.matches(active.password_hash if active else None, password)
    return active if matched else None


def scope_of(uow: UnitOfWork, *, member: Staff) -> Scope:
    """What `member` may see."""
    if member.role.works_at_desk:
        return Scope(member.tenant_id)
    sites = StaffRepository(uow).site_ids(member.staff_id)
    return Scope(member.tenant_id, frozenset(sites))


def member_of(uow: UnitOfWork, *, tenant_id: str, staff_id: UUID) -> Staff:
    """One member of a tenant's staff, also one who left; `NotFoundError` where there is none."""
    member = StaffRepository(uow).find(staff_id)
    if member is None or member.tenant_id != tenant_id:
        raise NotFoundError(f"nobody of the staff is {staff_id}")
    return member


def listed(uow: UnitOfWork, *, tenant_id: str) -> Sequence[Staff]:
    """A tenant's staff by login."""
    return StaffRepository(uow).listed(tenant_id)
