"""Deciding a claim: who, about how much, and what follows at once."""

from uuid import UUID

from tapline import audit, policy, routing
from tapline.errors import ConflictError, InvalidError
from tapline.people import Staff
from tapline.refunds.claims import money, rules
from tapline.refunds.claims.case import Case
from tapline.refunds.claims.cases import case_of
from tapline.refunds.claims.steps import move, note
from tapline.refunds.claims.telling import tell
from tapline.refunds.model import LIVES_ON, Refund, RefundState, Tier
from tapline.refunds.repository import RefundRepository
from tapline.uow import UnitOfWork


def tier_of(case: Case) -> Tier:
    """Who decides; of what was appealed or is nearly overdue, nobody below a supervisor."""
    refund = case.refund
    if refund.appealed or refund.clock_percent >= rules.ESCALATES_AT:
        return Tier.SUPERVISOR
    return case.tier(refund.amount_fen)


def place(case: Case) -> None:
    """Put an undecided claim before whoever decides, unless all of it waits for machines."""
    refund = case.refund
    if refund.state is not RefundState.REVIEW:
        all_waits = refund.amount_fen == refund.reserve_fen and case.waits().any
        state = RefundState.WAITING if all_waits else RefundState.REVIEW
        if state is not refund.state:
            reason = "devices" if all_waits else ""
            move(case.uow, refund, state, actor=audit.SYSTEM, reason=reason)
    if refund.state is RefundState.REVIEW and refund.tier is Tier.AUTOMATIC:
        _approve(case, audit.SYSTEM, words="")


def look_again(case: Case) -> None:
    """Count an undecided claim anew from the books, and place it."""
    refund = case.refund
    if not case.amount_is_fixed:
        case.catch_up()
        quote = case.quote()
        total_fen = quote.total_fen
        reserve_fen = min(total_fen, case.waits().reserve_fen)
        if (total_fen, reserve_fen) != (refund.amount_fen, refund.reserve_fen):
            figures = {
                "before_fen": refund.amount_fen,
                "amount_fen": total_fen,
                "reserve_fen": reserve_fen,
            }
            refund.amount_fen, refund.reserve_fen = total_fen, reserve_fen
            refund.quote, refund.tier = quote.document(), tier_of(case)
            note(case.uow, refund, actor=audit.SYSTEM, reason="quoted_again", figures=figures)
    if not refund.amount_fen and refund.kind in LIVES_ON:
        _end_empty(case)
        return
    place(case)


def _end_empty(case: Case) -> None:
    """There is nothing to give any more: a machine has written it to the card."""
    case.release()
    refund = case.refund
    refund.reserve_fen = 0
    step = move(case.uow, refund, RefundState.WITHDRAWN, actor=audit.SYSTEM, reason="written")
    tell(case.uow, refund, step)


def decide(
    uow: UnitOfWork,
    *,
    refund: Refund,
    approve: bool,
    amount_fen: int,
    version: int | None,
    staff: Staff,
    reason: str,
) -> None:
    """Approve or reject a locked claim in review, of the amount and version that were seen.

    Raises:
        DeniedError: somebody else has to decide.
        ConflictError: it is not in review any more, or has changed meanwhile.
    """
    rules.check_decider(staff.role, refund.tier, is_requester=refund.requested_by == staff.login)
    if refund.state is not RefundState.REVIEW:
        raise ConflictError(f"the refund is {refund.state.value}: there is nothing to decide")
    case = case_of(uow, refund, policy.current(uow, tenant_id=refund.tenant_id))
    now_fen = refund.amount_fen if case.amount_is_fixed else case.quote().total_fen
    if not amount_fen == refund.amount_fen == now_fen or version not in {None, refund.version}:
        raise ConflictError("the amount has changed since you looked: read it again and decide")
    refund.reviewer_id = staff.staff_id
    if approve:
        _approve(case, staff.login, words=reason.strip())
    else:
        _reject(case, staff.login, words=reason.strip())


def accept(uow: UnitOfWork, *, tenant_id: str, offer_id: str, staff: Staff) -> Refund:
    """Take up the review that the router offers; a second time is no mistake.

    Raises:
        InvalidError: the offer is no review.
        DeniedError: somebody else has to decide.
        ConflictError: the offer has ended, or there is nothing to decide any more.
    """
    kind, _, name = offer_id.rpartition(".")[0].partition(":")
    if kind != "refund":
        raise InvalidError(f"offer {offer_id} is no refund's")
    refunds = RefundRepository(uow, tenant_id)
    refunds.be_alone()
    refund = refunds.get(UUID(name), lock=True)
    if refund.state is not RefundState.REVIEW:
        raise ConflictError(f"the refund is {refund.state.value}: look at your work")
    rules.check_decider(staff.role, refund.tier, is_requester=refund.requested_by == staff.login)
    if refund.reviewer_id != staff.staff_id:
        refund.reviewer_id = staff.staff_id
        note(uow, refund, actor=staff.login, reason="taken")
    routing.accept(uow, tenant_id=tenant_id, offer_id=offer_id, agent_id=str(staff.staff_id))
    return refund


def pay_rest(case: Case) -> None:
    """Give what was kept back of an approved claim, if nothing keeps it any longer."""
    before_fen = case.refund.posted_fen
    if case.finish():
        _note_payment(case, before_fen)


def _approve(case: Case, actor: str, *, words: str) -> None:
    """Set aside what may be paid by now, send it, and write down who allowed it."""
    refund, before_fen = case.refund, case.refund.posted_fen
    figures = {"amount_fen": refund.amount_fen, "reserve_fen": refund.reserve_fen}
    refund.decided_by, refund.automatic = actor, actor == audit.SYSTEM
    refund.policy_version = case.policy.version
    step = move(case.uow, refund, RefundState.APPROVED, actor=actor, words=words, figures=figures)
    refund.approval = step.position
    case.pay(actor)
    _note_payment(case, before_fen)
    tell(case.uow, refund, step)
    money.follow(case)


def _note_payment(case: Case, before_fen: int) -> None:
    """Send what was set aside just now, and say what it was."""
    refund = case.refund
    note(
        case.uow,
        refund,
        actor=audit.SYSTEM,
        reason="set_aside",
        change_fen=refund.posted_fen - before_fen,
        figures={"forfeit_fen": refund.forfeit_fen, "written_off_fen": refund.written_off_fen},
    )
    money.send(case)


def _reject(case: Case, actor: str, *, words: str) -> None:
    case.release()
    refund = case.refund
    refund.decided_by, refund.reserve_fen = actor, 0
    step = move(case.uow, refund, RefundState.REJECTED, actor=actor, words=words)
    tell(case.uow, refund, step)
