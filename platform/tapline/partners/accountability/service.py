from collections.abc import Sequence
from uuid import UUID

from tapline import audit, calendar, clock, devices, policy, reconciliation
from tapline.errors import ConflictError, DeniedError, InvalidError, NotFoundError
from tapline.events import ResponsibilityChanged
from tapline.partners.accountability import rules
from tapline.partners.accountability.model import (
    Responsibility,
    ResponsibilityStep,
    Standing,
)
from tapline.partners.accountability.repository import ResponsibilityRepository
from tapline.partners.accountability.rules import HELD, Move
from tapline.partners.agreements import service as agreements
from tapline.people import Role, Scope, Staff
from tapline.reconciliation import Finding, Side
from tapline.uow import UnitOfWork

_DECIDERS = frozenset({Role.SUPERVISOR, Role.ADMIN})


def on_finding(uow: UnitOfWork, *, tenant_id: str, finding_id: UUID) -> None:
    """Propose to a side that it answers for a finding, as the evidence says; or withdraw it.

    Called again for the same finding it changes nothing. A finding that names no machine on a
    site has nobody to be asked.
    """
    responsibilities = ResponsibilityRepository(uow, Scope(tenant_id))
    responsibilities.be_alone(finding_id)
    finding = reconciliation.get(uow, tenant_id=tenant_id, finding_id=finding_id)
    held = responsibilities.find(finding_id)
    match rules.follow(held, finding):
        case Move.PROPOSE:
            _propose(uow, held, finding, finding.side, actor=audit.SYSTEM, reason="")
        case Move.WITHDRAW:
            assert held is not None
            _move(uow, held, Standing.WITHDRAWN, party=Side.OPERATOR, actor=audit.SYSTEM)


def propose(
    uow: UnitOfWork, *, tenant_id: str, finding_id: UUID, side: Side, staff: Staff, reason: str
) -> Responsibility:
    """Hold another side to answer than the evidence does, with a reason; its time begins anew.

    Raises:
        NotFoundError: the tenant has no such finding.
        DeniedError: `staff` does not work at the desk.
        InvalidError: there is no reason, no such side, or the finding names no machine on a site.
        ConflictError: it was decided before, or that side is held already.
    """
    if not staff.role.works_at_desk:
        raise DeniedError("the desk proposes who answers: object to it instead")
    if side not in HELD:
        raise InvalidError("property or vendor can be held to answer; else nothing is proposed")
    if not reason.strip():
        raise InvalidError("say why: the other side reads it")
    responsibilities = ResponsibilityRepository(uow, Scope(tenant_id))
    responsibilities.be_alone(finding_id)
    finding = reconciliation.get(uow, tenant_id=tenant_id, finding_id=finding_id)
    held = responsibilities.find(finding_id)
    if held is not None and held.standing is not Standing.WITHDRAWN:
        if not held.standing.is_open:
            raise ConflictError(f"this was decided before: {held.standing.value}")
        if held.side is side:
            raise ConflictError(f"the {side.value} is held to answer already")
    proposed = _propose(uow, held, finding, side, actor=staff.login, reason=reason.strip())
    if proposed is None:
        raise InvalidError("the finding names no machine on a site: nobody can be asked")
    _record(uow, proposed, staff, "propose", reason)
    return proposed


def object_to(
    uow: UnitOfWork,
    *,
    scope: Scope,
    finding_id: UUID,
    staff: Staff,
    words: str,
    file_ids: Sequence[UUID] = (),
) -> Responsibility:
    """Say that the side does not answer for it, in words or with photos.

    A property's manager speaks for his own side; the desk takes down what a side says by phone
    or letter. After the deadline it is heard too, as long as nobody has decided.

    Raises:
        NotFoundError: nothing is proposed to him.
        InvalidError: neither words nor a photo.
        ConflictError: it was agreed to or decided before.
    """
    if not words.strip() and not file_ids:
        raise InvalidError("write why, or send a photo: a person decides on it")
    held = _open(uow, scope, finding_id)
    _move(
        uow,
        held,
        Standing.OBJECTED,
        party=_speaks_for(held, staff),
        actor=staff.login,
        words=words.strip(),
        file_ids=file_ids,
    )
    _record(uow, held, staff, "object", words)
    return held


def agree(
    uow: UnitOfWork, *, scope: Scope, finding_id: UUID, staff: Staff, words: str = ""
) -> Responsibility:
    """Say that the side answers for it. The desk says so for a vendor alone, and by what letter.

    Raises:
        NotFoundError: nothing is proposed to him.
        DeniedError: the desk would agree in a property's name.
        InvalidError: the desk names no letter of the vendor's.
        ConflictError: it was decided before.
    """
    held = _open(uow, scope, finding_id)
    if _speaks_for(held, staff) is Side.OPERATOR:
        if held.side is not Side.VENDOR:
            raise DeniedError("the property's own people agree: the desk cannot do it for them")
        if not words.strip():
            raise InvalidError("name the vendor's letter or message in which it agrees")
    _move(
        uow,
        held,
        Standing.AGREED,
        party=_speaks_for(held, staff),
        actor=staff.login,
        words=words.strip(),
    )
    _record(uow, held, staff, "agree", words)
    return held


def decide(
    uow: UnitOfWork, *, tenant_id: str, finding_id: UUID, uphold: bool, staff: Staff, reason: str
) -> Responsibility:
    """Decide on an objection, or on silence: `uphold` leaves it with the operator.

    Raises:
        NotFoundError: nothing is proposed about that finding.
        DeniedError: `staff` is no supervisor, or proposed it himself.
        InvalidError: there is no reason.
        ConflictError: the side's time is not over, or it was decided before.
    """
    if staff.role not in _DECIDERS:
        raise DeniedError("a supervisor decides on objections: ask one")
    if not reason.strip():
        raise InvalidError("say why: both sides read it")
    held = _open(uow, Scope(tenant_id), finding_id)
    if held.proposed_by == staff.login:
        raise DeniedError("whoever proposed it does not decide on it: ask a colleague")
    if not held.standing.wants_decision:
        raise ConflictError("the side may still answer: decide when it has, or its time is over")
    after = Standing.UPHELD if uphold else Standing.OVERRULED
    _move(uow, held, after, party=Side.OPERATOR, actor=staff.login, words=reason.strip())
    _record(uow, held, staff, "uphold" if uphold else "overrule", reason)
    return held


def sweep_unanswered(uow: UnitOfWork, *, tenant_id: str) -> int:
    """Note of which proposals the time to answer is over; how many. Nothing is charged by it."""
    ripe = ResponsibilityRepository(uow, Scope(tenant_id)).ripe(clock.now())
    for held in ripe:
        _move(uow, held, Standing.UNANSWERED, party=Side.OPERATOR, actor=audit.SYSTEM)
    return len(ripe)


def _propose(
    uow: UnitOfWork,
    held: Responsibility | None,
    finding: Finding,
    side: Side,
    *,
    actor: str,
    reason: str,
) -> Responsibility | None:
    tenant_id = finding.tenant_id
    if finding.device_id is None:
        return None
    device = devices.get(uow, tenant_id=tenant_id, device_id=finding.device_id)
    if device.site_id is None:
        return None
    if held is None:
        held = Responsibility(
            finding_id=finding.finding_id,
            tenant_id=tenant_id,
            site_id=device.site_id,
            device_id=device.device_id,
        )
    now = clock.now()
    answer_s = policy.current(uow, tenant_id=tenant_id).objection_s
    held.side, held.proposed_by, held.proposed_at = side, actor, now
    held.deadline = calendar.current(uow, tenant_id=tenant_id).deadline(now, answer_s)
    held.decided_at = None
    _move(uow, held, Standing.PROPOSED, party=Side.OPERATOR, actor=actor, words=reason)
    return held


def _open(uow: UnitOfWork, scope: Scope, finding_id: UUID) -> Responsibility:
    held = ResponsibilityRepository(uow, scope).get(finding_id, lock=True)
    if held.standing is Standing.WITHDRAWN:
        raise NotFoundError("this was withdrawn: what was found turned out otherwise")
    if not held.standing.is_open:
        raise ConflictError(f"this was settled before: {held.standing.value}")
    return held


def _move(
    uow: UnitOfWork,
    held: Responsibility,
    standing: Standing,
    *,
    party: Side,
    actor: str,
    words: str = "",
    file_ids: Sequence[UUID] = (),
) -> None:
    """Take a step, and note who stands behind the side while that is not yet settled."""
    held.standing = standing
    held.partner_id = _partner(uow, held)
    if not standing.is_open:
        held.decided_at = clock.now()
    responsibilities = ResponsibilityRepository(uow, Scope(held.tenant_id))
    responsibilities.add(held)
    responsibilities.add(
        ResponsibilityStep(
            finding_id=held.finding_id,
            standing=standing,
            side=held.side,
            party=party,
            actor=actor,
            words=words,
            file_ids=[str(file_id) for file_id in file_ids],
            at=clock.now(),
        )
    )
    uow.emit(ResponsibilityChanged(tenant_id=held.tenant_id, finding_id=held.finding_id))


def _partner(uow: UnitOfWork, held: Responsibility) -> UUID | None:
    """By the agreement of the day it was proposed."""
    book = agreements.book(uow, tenant_id=held.tenant_id, site_ids=[held.site_id])
    in_force = book.on(held.site_id, clock.business_date(held.proposed_at))
    if in_force is None:
        return None
    device = devices.get(uow, tenant_id=held.tenant_id, device_id=held.device_id)
    return in_force.terms.partner_of(held.side, (device.hello or {}).get("hw"))


def _speaks_for(held: Responsibility, staff: Staff) -> Side:
    return held.side if staff.role is Role.MANAGER else Side.OPERATOR


def _record(uow: UnitOfWork, held: Responsibility, staff: Staff, verb: str, reason: str) -> None:
    audit.record(
        uow,
        tenant_id=held.tenant_id,
        actor=staff.login,
        action=f"responsibility.{verb}",
        subject=f"finding:{held.finding_id}",
        reason=reason.strip(),
    )
