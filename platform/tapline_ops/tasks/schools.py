"""Schools: settlements with those that issue cards, graduations, openings."""

from functools import partial
from uuid import UUID

from tapline import refunds, rosters, tenants
from tapline.cards import issuers
from tapline.cards.issuers import settlements
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.events import CardReplaced, GraduationApproved, NumbersClaimed
from tapline.refunds import Reason, Refund, RefundKind, RefundState
from tapline.rosters import graduations
from tapline.rosters.graduations.works import Work
from tapline.uow import UnitOfWork
from tapline_ops.transact import transact_each
from tapline_ops.worker import app, consumer, database, tenant_sweep


@tenant_sweep
def settle_issuers(uow: UnitOfWork, tenant_id: str) -> None:
    settlements.issue_due(uow, tenant_id=tenant_id)


@consumer
def claim_numbered_cards(uow: UnitOfWork, event: NumbersClaimed) -> None:
    issuers.claim_cards(uow, tenant_id=event.tenant_id, runs=event.runs)


@consumer
def follow_replaced_student(uow: UnitOfWork, event: CardReplaced) -> None:
    rosters.students.follow_replaced(
        uow, tenant_id=event.tenant_id, card_no=event.card_no, new_card_no=event.new_card_no
    )


@tenant_sweep
def prepare_openings(uow: UnitOfWork, tenant_id: str) -> None:
    rosters.openings.prepare(uow, tenant_id=tenant_id)
    rosters.openings.flush_by_night(uow, tenant_id=tenant_id)


@tenant_sweep
def remind_graduates(uow: UnitOfWork, tenant_id: str) -> None:
    graduations.remind(uow, tenant_id=tenant_id)
    rosters.students.forget_drafts(uow, tenant_id=tenant_id)


@consumer
def wake_graduations(_uow: UnitOfWork, event: GraduationApproved) -> None:
    """Begin at once: each card is a transaction of its own, so none happens in this one."""
    app.send_task(give_up_cards.__name__)


def give_up_cards() -> None:
    """Bring the cards of graduations further, each by itself: one that fails holds up no other,
    and what a killed worker had not done is done by the next."""
    with database().transaction() as uow:
        due = [
            (tenant_id, *one)
            for tenant_id in tenants.ids(uow)
            for one in graduations.due(uow, tenant_id=tenant_id)
        ]
    works = {
        f"card {card_no} of {tenant_id}": partial(
            give_up_card, tenant_id=tenant_id, graduation_id=graduation_id, card_no=card_no
        )
        for tenant_id, graduation_id, card_no in due
    }
    transact_each(database(), works)


app.task(give_up_cards, name=give_up_cards.__name__)


def give_up_card(uow: UnitOfWork, *, tenant_id: str, graduation_id: UUID, card_no: str) -> None:
    """Ask for the refund of a graduate's card, and decide it in the name of who approved the
    graduation. Done again, it goes on from where it stands."""
    work = graduations.work_on(
        uow, tenant_id=tenant_id, graduation_id=graduation_id, card_no=card_no
    )
    if work is None:
        return
    try:
        with uow.attempt():
            refund = _asked(uow, work)
    except (ConflictError, InvalidError, NotFoundError) as error:
        graduations.fail(work, obstacle=str(error))
        return
    graduations.note_asked(work, refund_id=refund.refund_id)
    if work.row.is_disputed:
        graduations.leave(work)
    elif not refund.state.is_undecided:
        graduations.keep(work)
    elif refund.state is RefundState.REVIEW:
        _decide(uow, work, refund)


def _asked(uow: UnitOfWork, work: Work) -> Refund:
    return refunds.request(
        uow,
        tenant_id=work.graduation.tenant_id,
        kind=RefundKind.CARD_CLOSE,
        customer_id=work.customer_id,
        reason=Reason.NOT_NEEDED,
        actor=work.graduation.proposed_by,
        card_no=work.row.card_no,
        words=work.graduation.reason,
        request_key=work.request_key,
    )


def _decide(uow: UnitOfWork, work: Work, refund: Refund) -> None:
    """Approve it as part of the graduation, where its approver may decide such an amount."""
    if not refunds.may_decide(uow, refund=refund, staff=work.approver):
        graduations.leave(work)
        return
    refunds.decide(
        uow,
        tenant_id=refund.tenant_id,
        refund_id=refund.refund_id,
        approve=True,
        amount_fen=refund.amount_fen,
        version=refund.version,
        staff=work.approver,
        reason=f"graduation: {work.graduation.reason}",
    )
    graduations.keep(work)
