from collections.abc import Collection, Sequence
from uuid import UUID

from tapline import audit, clock, ledger, notices, people, policy
from tapline.cards.enterprises.model import Enterprise
from tapline.cards.enterprises.repository import EnterpriseRepository
from tapline.errors import ConflictError, InvalidError
from tapline.ids import new_id
from tapline.ledger import StatementLine, chart
from tapline.money import yuan_text
from tapline.uow import UnitOfWork


def create(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    name: str,
    legal_entity: str,
    contact_name: str,
    contact_phone: str,
    actor: str,
    low_fen: int | None = None,
) -> Enterprise:
    """An account for an enterprise, with nothing on it.

    Raises:
        InvalidError: a name is missing, or the phone is no mobile number.
        ConflictError: there is one of this name.
    """
    if not (name.strip() and legal_entity.strip() and contact_name.strip()):
        raise InvalidError("give the enterprise's name, its legal entity and a contact")
    if low_fen is not None and not 0 <= low_fen < 10**9:
        raise InvalidError(f"the low mark is 0 to 999,999,999 fen, not {low_fen}")
    enterprises = EnterpriseRepository(uow, tenant_id)
    if enterprises.named(name.strip()) is not None:
        raise ConflictError(f"there is an enterprise {name.strip()} already")
    enterprise = Enterprise(
        enterprise_id=new_id(),
        tenant_id=tenant_id,
        name=name.strip(),
        legal_entity=legal_entity.strip(),
        contact_name=contact_name.strip(),
        contact_phone=people.phone_number(contact_phone),
        low_fen=low_fen,
        created_at=clock.now(),
    )
    enterprises.add(enterprise)
    record(uow, enterprise, "enterprise.create", actor, "")
    return enterprise


def get(uow: UnitOfWork, *, tenant_id: str, enterprise_id: UUID) -> Enterprise:
    """One enterprise; `NotFoundError` where the tenant has none such."""
    return EnterpriseRepository(uow, tenant_id).get(enterprise_id)


def listed(uow: UnitOfWork, *, tenant_id: str) -> Sequence[Enterprise]:
    """All of them, by name."""
    return EnterpriseRepository(uow, tenant_id).listed()


def balances_fen(
    uow: UnitOfWork, *, tenant_id: str, enterprise_ids: Collection[UUID]
) -> dict[UUID, int]:
    """What each has paid in and not passed on."""
    codes = {one: chart.enterprise(one).code for one in enterprise_ids}
    found = ledger.balances(uow, tenant_id=tenant_id, codes=list(codes.values()))
    return {one: found[code].available if code in found else 0 for one, code in codes.items()}


def statement(
    uow: UnitOfWork, *, tenant_id: str, enterprise_id: UUID, limit: int = 200
) -> Sequence[StatementLine]:
    """What came to the account and went from it, newest first."""
    code = chart.enterprise(enterprise_id).code
    return ledger.statement(uow, tenant_id=tenant_id, code=code, limit=limit)


def found_at(lines: Sequence[StatementLine]) -> int:
    """What stood on the account before the oldest of these lines."""
    if not lines:
        return 0
    first = lines[-1]
    return first.balance_after - (first.amount if first.side == "C" else -first.amount)


def mind_levels(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Tell the contact of each enterprise whose account has run low, once a time."""
    for enterprise in listed(uow, tenant_id=tenant_id):
        mind_level(
            uow, EnterpriseRepository(uow, tenant_id).get(enterprise.enterprise_id, lock=True)
        )


def mind_level(uow: UnitOfWork, enterprise: Enterprise) -> None:
    """Tell once that a locked enterprise's account has fallen below its mark."""
    tenant_id, enterprise_id = enterprise.tenant_id, enterprise.enterprise_id
    mark_fen = enterprise.low_fen
    if mark_fen is None:
        mark_fen = policy.current(uow, tenant_id=tenant_id).enterprise_low_fen
    has_fen = balances_fen(uow, tenant_id=tenant_id, enterprise_ids=[enterprise_id])[enterprise_id]
    if has_fen >= mark_fen:
        enterprise.low_since = None
    elif enterprise.low_since is None:
        enterprise.low_since = clock.now()
        notices.queue_sms(
            uow,
            tenant_id=tenant_id,
            dedupe_key=f"{enterprise.subject}:low:{enterprise.low_since.isoformat()}",
            phone=enterprise.contact_phone,
            text=(
                f"{enterprise.name}的用水账户余额 {yuan_text(has_fen)} 元，"
                f"已低于 {yuan_text(mark_fen)} 元，请及时汇款，以免员工水卡无法补足。"
            ),
        )


def record(uow: UnitOfWork, enterprise: Enterprise, action: str, actor: str, reason: str) -> None:
    """Write down who did what to an enterprise, and why."""
    audit.record(
        uow,
        tenant_id=enterprise.tenant_id,
        actor=actor,
        action=action,
        subject=enterprise.subject,
        reason=reason.strip(),
    )
