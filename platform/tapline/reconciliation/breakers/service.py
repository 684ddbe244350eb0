from collections.abc import Collection, Sequence
from uuid import UUID

from tapline import audit, clock, devices, policy
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.events import BreakerReset, BreakerTripped
from tapline.ids import new_id
from tapline.people import Role, Staff
from tapline.policy import Policy
from tapline.reconciliation.breakers import rules
from tapline.reconciliation.breakers.model import Breaker
from tapline.reconciliation.breakers.repository import BreakerRepository
from tapline.reconciliation.breakers.rules import Cohort, Figures
from tapline.reconciliation.chain import FactKey
from tapline.uow import UnitOfWork

RESETTERS = frozenset({Role.SUPERVISOR, Role.FINANCE, Role.ADMIN})
"""Who may let machines give money back again."""


def watch(uow: UnitOfWork, *, tenant_id: str, pour: FactKey) -> Breaker | None:
    """Before money is given back for a pour: the breaker that forbids it, if one does. What should
    trip, trips here.

    What counts is what rules named, given back or not, since the last reset.
    """
    cohorts = _cohorts(uow, tenant_id, pour)
    if not cohorts:
        return None
    breakers = BreakerRepository(uow, tenant_id)
    breakers.be_alone()
    standing = {(one.scope, one.key): one for one in breakers.standing(cohorts)}
    in_force = policy.current(uow, tenant_id=tenant_id)
    for cohort in cohorts:
        if cohort in standing:
            continue
        if figures := _too_much(breakers, cohort, in_force):
            standing[cohort] = _trip(uow, tenant_id, cohort, figures, in_force)
    return next((standing[cohort] for cohort in cohorts if cohort in standing), None)


def standing(uow: UnitOfWork, *, tenant_id: str) -> Sequence[Breaker]:
    """Every breaker that stands, oldest first."""
    return BreakerRepository(uow, tenant_id).standing()


def history(uow: UnitOfWork, *, tenant_id: str, limit: int = 50) -> Sequence[Breaker]:
    """Breakers that were reset, newest first."""
    return BreakerRepository(uow, tenant_id).history(limit)


def get(uow: UnitOfWork, *, tenant_id: str, breaker_id: UUID) -> Breaker:
    """One breaker, standing or reset; `NotFoundError` where the tenant has none such."""
    return BreakerRepository(uow, tenant_id).get(breaker_id)


def machines(uow: UnitOfWork, *, tenant_id: str, breaker: Breaker) -> list[str]:
    """The machines that a breaker stands for now."""
    return BreakerRepository(uow, tenant_id).machines(Cohort(breaker.scope, breaker.key))


def concerned(uow: UnitOfWork, *, breaker: Breaker, pours: Collection[FactKey]) -> set[FactKey]:
    """Which of these pours a breaker stands for: made by its firmware, or by machines of its site,
    whatever those machines run by now."""
    cohort = Cohort(breaker.scope, breaker.key)
    return BreakerRepository(uow, breaker.tenant_id).concerned(cohort, pours)


def reset(
    uow: UnitOfWork, *, tenant_id: str, breaker_id: UUID, staff: Staff, reason: str
) -> Breaker:
    """Let machines give money back again; what waited is decided anew, within the limits.

    Raises:
        DeniedError: the role may not.
        InvalidError: no reason is given.
        ConflictError: somebody has reset it already.
    """
    if staff.role not in RESETTERS:
        raise DeniedError("a supervisor or finance resets a breaker: ask one")
    if not reason.strip():
        raise InvalidError("say what you found and why machines may give money back again")
    breakers = BreakerRepository(uow, tenant_id)
    breakers.be_alone()
    breaker = breakers.get(breaker_id, lock=True)
    if not breaker.is_standing:
        raise ConflictError(f"{breaker.reset_by} has reset this breaker already")
    breaker.reset_at, breaker.reset_by = clock.now(), staff.login
    breaker.reset_reason = reason.strip()
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=staff.login,
        action="breaker.reset",
        subject=breaker.subject,
        reason=reason.strip(),
    )
    uow.emit(BreakerReset(tenant_id=tenant_id, breaker_id=breaker.breaker_id))
    return breaker


def _cohorts(uow: UnitOfWork, tenant_id: str, pour: FactKey) -> list[Cohort]:
    device = devices.get(uow, tenant_id=tenant_id, device_id=pour.device_id)
    model = BreakerRepository(uow, tenant_id).model_of(pour)
    return rules.cohorts(model, device.site_id)


def _too_much(breakers: BreakerRepository, cohort: Cohort, in_force: Policy) -> Figures | None:
    """The figures that trip a cohort's breaker, if any do."""
    now, last_reset = clock.now(), breakers.last_reset(cohort)
    for window in rules.WINDOWS:
        since = max(now - window, last_reset) if last_reset else now - window
        corrections, fen = breakers.caused(cohort, since)
        if not corrections:
            continue
        enough = rules.excusing_pours(in_force, corrections)
        pours = breakers.pours(cohort, since, at_most=enough)
        figures = Figures(window, corrections, fen, pours)
        if rules.trips(in_force, figures):
            return figures
    return None


def _trip(
    uow: UnitOfWork, tenant_id: str, cohort: Cohort, figures: Figures, in_force: Policy
) -> Breaker:
    breaker = Breaker(
        breaker_id=new_id(),
        tenant_id=tenant_id,
        scope=cohort.scope,
        key=cohort.key,
        tripped_at=clock.now(),
        figures={
            "window_s": int(figures.window.total_seconds()),
            "corrections": figures.corrections,
            "fen": figures.fen,
            "pours": figures.pours,
            "policy": in_force.version,
        },
    )
    BreakerRepository(uow, tenant_id).add(breaker)
    uow.emit(BreakerTripped(tenant_id=tenant_id, breaker_id=breaker.breaker_id))
    return breaker
