"""Money of those who have left that could not be paid: listed, reminded of, never lapsing."""

from collections.abc import Sequence
from uuid import UUID

from tapline import clock, ledger, notices, payments, policy
from tapline.files import sheets
from tapline.payments import PayoutState
from tapline.rosters.graduations.model import CardStep, GraduationCard
from tapline.rosters.graduations.repository import GraduationRepository
from tapline.rosters.graduations.rules import Unclaimed, is_reminder_due
from tapline.rosters.students.model import Student
from tapline.uow import UnitOfWork

_STUCK = [state for state in PayoutState if state.needs_hand]
_ON_THE_CARD = frozenset({CardStep.NO_HOLDER, CardStep.FAILED})
_WHY = {"no_holder": "无登记持卡人", "failed": "无法退卡", "no_route": "无原支付渠道"}


def unclaimed(uow: UnitOfWork, *, tenant_id: str, school_id: UUID | None = None) -> list[Unclaimed]:
    """Whose money waits, by class and number; of one school where it is named."""
    rows = GraduationRepository(uow, tenant_id).unpaid(school_id)
    on_cards = ledger.cards(
        uow,
        tenant_id=tenant_id,
        card_nos=[card.card_no for card, _ in rows if card.step in _ON_THE_CARD],
    )
    stuck: dict[str, int] = {}
    for leg in payments.in_states(uow, tenant_id=tenant_id, states=_STUCK):
        stuck[leg.subject] = stuck.get(leg.subject, 0) + leg.amount_fen
    found = []
    for card, student in rows:
        if card.step in _ON_THE_CARD:
            owed_fen, why = int(on_cards[card.card_no].balance_fen), card.step.value
        else:
            owed_fen, why = stuck.get(f"refund:{card.refund_id}", 0), "no_route"
        if owed_fen > 0:
            found.append(_row(card, student, owed_fen, why))
    return found


def unclaimed_excel(rows: Sequence[Unclaimed]) -> bytes:
    """The list as Excel, for the school and for finance."""
    header = ("学号", "姓名", "班级", "手机号", "卡号", "待退（分）", "原因", "已提醒次数")
    lines = [
        (
            one.student_no,
            one.name,
            one.class_name,
            one.phone or "",
            one.card_no,
            one.owed_fen,
            _WHY[one.why],
            one.reminders,
        )
        for one in rows
    ]
    return sheets.excel_bytes([header, *lines], title="待领取")


def remind(uow: UnitOfWork, *, tenant_id: str) -> int:
    """Text those whose money waits, a few times; how many were texted now."""
    in_force, now = policy.current(uow, tenant_id=tenant_id), clock.now()
    graduations = GraduationRepository(uow, tenant_id)
    told = 0
    for one in unclaimed(uow, tenant_id=tenant_id):
        is_due = is_reminder_due(
            one.reminders,
            one.reminded_at,
            now,
            most=in_force.graduation_reminders_max,
            every_days=in_force.graduation_reminder_days,
        )
        if one.phone is None or not is_due:
            continue
        card = graduations.card(one.graduation_id, one.card_no, lock=True)
        card.reminders, card.reminded_at = one.reminders + 1, now
        _text(uow, tenant_id, one)
        told += 1
    return told


def _text(uow: UnitOfWork, tenant_id: str, one: Unclaimed) -> None:
    assert one.phone is not None
    notices.queue_sms(
        uow,
        tenant_id=tenant_id,
        dedupe_key=f"graduation:{one.graduation_id}:{one.card_no}:{one.reminders + 1}",
        phone=one.phone,
        text=(
            f"{one.name}您好，您在校期间的水卡（尾号 {one.card_no[-4:]}）还有 "
            f"{one.owed_fen // 100}.{one.owed_fen % 100:02} 元待退还。请登录水卡门户或致电客服登记"
            "收款方式；这笔钱长期保留，不会失效。"
        ),
    )


def _row(card: GraduationCard, student: Student, owed_fen: int, why: str) -> Unclaimed:
    return Unclaimed(
        card.graduation_id,
        card.card_no,
        student.student_no,
        student.name,
        student.class_name,
        student.contact,
        owed_fen,
        why,
        card.reminders,
        card.reminded_at,
    )
