"""What a customer is told of his order by text message."""

from tapline import notices, people
from tapline.orders.model import FailReason, Order, OrderStep, StepKind
from tapline.orders.stations.repository import StationRepository
from tapline.orders.window import DayPart
from tapline.uow import UnitOfWork

_PARTS = {DayPart.MORNING: "上午", DayPart.AFTERNOON: "下午", DayPart.EVENING: "晚上"}
_REASONS = {
    FailReason.NOT_HOME: "家中无人",
    FailReason.WRONG_ADDRESS: "地址有误",
    FailReason.NO_ACCESS: "无法进入小区或楼栋",
    FailReason.REFUSED: "收件人未接收",
    FailReason.DAMAGED: "水桶破损",
    FailReason.OTHER: "现场情况不允许",
}


def tell(uow: UnitOfWork, order: Order, step: OrderStep) -> None:
    """Text the customer what this step means for him; a step is told once."""
    customer = people.find_customer(uow, tenant_id=order.tenant_id, customer_id=order.customer_id)
    if customer is None:
        return
    phone = StationRepository(uow, order.tenant_id).get(order.station_id).phone
    notices.queue_sms(
        uow,
        tenant_id=order.tenant_id,
        dedupe_key=f"{order.subject}:{step.position}",
        phone=people.contact_phone(customer),
        text=f"您的订水单 {order.number}{_news(order, step.kind)}如有疑问请致电配送站 {phone}。",
    )


def _news(order: Order, kind: StepKind) -> str:
    match kind:
        case StepKind.PAID | StepKind.TICKETS:
            how = "已付款" if order.total_fen else f"已用 {order.tickets} 张水票下单"
            return f"{how}，{goods(order)}，{window(order)}送达。"
        case StepKind.RESCHEDULED:
            return f"已改约，{window(order)}送达。"
        case StepKind.OUT:
            return "已出库，配送员正在路上，请备好空桶。"
        case StepKind.DELIVERED:
            return _delivered(order)
        case StepKind.FAILED:
            reason = _REASONS[order.fail_reason or FailReason.OTHER]
            return f"未能送达：{reason}。我们会再次安排，您也可以在订单页改约或取消并退款。"
        case _:
            return "未能在约定时间送达，非常抱歉，配送站正在处理。您可以在订单页取消并退款。"


def _delivered(order: Order) -> str:
    came = sum(line.delivered or 0 for line in order.lines)
    short = sum(line.quantity for line in order.lines) - came
    back = f"，收回空桶 {order.buckets_returned} 个" if order.buckets_returned else ""
    missing = f"少送 {short} 桶，{_missing(order, short)}" if short else ""
    return f"已送达 {came} 桶{back}。{missing}"


def _missing(order: Order, short: int) -> str:
    """What becomes of what was given for barrels that did not come."""
    tickets = order.tickets - sum(line.redeemed(line.delivered or 0) for line in order.lines)
    back = f"水票 {tickets} 张已退回。" if tickets else ""
    owed = short > tickets or any(line.deposits > line.deposits_kept for line in order.lines)
    return back + ("可在订单页申请退还这部分款项。" if owed else "")


def goods(order: Order) -> str:
    """What was ordered: `18.9L 矿泉水 2 桶`."""
    return "、".join(f"{line.name} {line.quantity} 桶" for line in order.lines)


def window(order: Order) -> str:
    """When it was promised for: `11月22日上午（8:00–12:00）`."""
    promised = order.window
    day, part = promised.day, _PARTS[promised.part]
    return f"{day.month}月{day.day}日{part}（{promised.start.hour}:00–{promised.end.hour}:00）"
