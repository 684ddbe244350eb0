"""What people are told of a ticket by text message."""

from collections.abc import Iterable
from uuid import UUID

from tapline import devices, notices, people, policy
from tapline.people import Role, Staff
from tapline.reconciliation.sentences import ZH
from tapline.tickets.model import Outcome, Source, Ticket
from tapline.tickets.sentences import headline
from tapline.uow import UnitOfWork

_ESCALATED = {
    "unanswered": "已超过首次响应时限",
    "unsolved": "已超过解决时限",
    "returned": "已多次被退回",
    "cluster": "同一站点同类问题集中出现",
}

_ENDED = {
    Outcome.FIXED: "已处理完毕",
    Outcome.REFUNDED: "已办理退款",
    Outcome.NO_FAULT_FOUND: "经核查未发现异常",
    Outcome.OTHER_FAULT: "已处理完毕",
    Outcome.CONFIRMED_PART: "已更换部件，处理完毕",
}


def supervisors(uow: UnitOfWork, ticket: Ticket, reason: str) -> None:
    """Each supervisor whose phone is known: the case, and why it comes before him."""
    everybody = people.staff_of(uow, tenant_id=ticket.tenant_id)
    _text(
        uow,
        ticket,
        [one for one in everybody if one.role is Role.SUPERVISOR and one.disabled_at is None],
        key=f"escalated:{ticket.ticket_id}:{ticket.version}",
        words=f"工单 {ticket.number}{_ESCALATED[reason]}，请督办：{headline(ticket, ZH)}。",
    )


def technician(uow: UnitOfWork, ticket: Ticket, member: Staff, work_order_id: UUID) -> None:
    """Where to go and what for."""
    where = ""
    if ticket.device_id is not None:
        device = devices.get(uow, tenant_id=ticket.tenant_id, device_id=ticket.device_id)
        where = f"（{device.spot}）" if device.spot else ""
    words = f"新派工 {ticket.number}：{headline(ticket, ZH)}{where}。请在手机页面接单。"
    _text(uow, ticket, [member], key=f"work_order:{work_order_id}", words=words)


def customer_of_work(uow: UnitOfWork, ticket: Ticket, work_order_id: UUID, code: str) -> None:
    """Whoever told us gets a code to confirm with at the machine; or he does so in the portal."""
    assert ticket.customer_id is not None
    customer = people.find_customer(uow, tenant_id=ticket.tenant_id, customer_id=ticket.customer_id)
    if customer is not None:
        notices.queue_sms(
            uow,
            tenant_id=ticket.tenant_id,
            dedupe_key=f"work_done:{work_order_id}",
            phone=people.contact_phone(customer),
            text=(
                f"工单 {ticket.number} 维修已完成。确认码 {code}，"
                "确认已解决请告知维修人员或在门户确认；未解决请在门户说明。"
            ),
        )


def recalled(uow: UnitOfWork, ticket: Ticket, member: Staff, work_order_id: UUID) -> None:
    """He need not go."""
    words = f"派工 {ticket.number} 已撤回，无需前往。"
    _text(uow, ticket, [member], key=f"work_order_recalled:{work_order_id}", words=words)


def customer_of_end(uow: UnitOfWork, ticket: Ticket) -> None:
    """Whoever told us hears what came of it, and what to do if it is not settled."""
    told_by_person = ticket.source in {Source.PORTAL, Source.HOTLINE, Source.DESK}
    if not told_by_person or ticket.customer_id is None or ticket.outcome not in _ENDED:
        return
    customer = people.find_customer(uow, tenant_id=ticket.tenant_id, customer_id=ticket.customer_id)
    if customer is not None:
        in_force = policy.current(uow, tenant_id=ticket.tenant_id)
        days = in_force.ticket_reopen_window_s // (24 * 3600)
        notices.queue_sms(
            uow,
            tenant_id=ticket.tenant_id,
            dedupe_key=f"ticket_closed:{ticket.ticket_id}:{ticket.version}",
            phone=people.contact_phone(customer),
            text=(
                f"您反映的问题（{ticket.number}）{_ENDED[ticket.outcome]}。"
                f"如仍未解决，请在 {days} 天内登录服务页面反馈或致电，我们接着处理。"
            ),
        )


def _text(
    uow: UnitOfWork, ticket: Ticket, members: Iterable[Staff], *, key: str, words: str
) -> None:
    for member in members:
        if member.phone is not None:
            notices.queue_sms(
                uow,
                tenant_id=ticket.tenant_id,
                dedupe_key=f"{key}:{member.staff_id}",
                phone=member.phone,
                text=words,
            )
