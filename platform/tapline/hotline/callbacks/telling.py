"""What a caller is told by SMS about the call that he was promised, and by which number."""

import re

from tapline import clock, notices
from tapline.hotline.callbacks.model import CallBack
from tapline.hotline.numbers.model import HotlineNumber
from tapline.uow import UnitOfWork

_MOBILE = re.compile(r"1[3-9]\d{9}")


def promised(uow: UnitOfWork, found: CallBack, number: HotlineNumber) -> None:
    """Tell a mobile caller that he need not ring again; and for an emergency, who is on duty."""
    shown = f"来电显示 {number.outbound_number}，" if number.outbound_number else ""
    due = found.due_at.astimezone(clock.BUSINESS_ZONE)
    when = f"在{due:%m月%d日 %H:%M} 后" if found.due_at > found.created_at else "尽快"
    text = f"您好，您的来电已登记，我们会{when}给您回电，{shown}无需再次拨打。"
    if found.urgent:
        _send_duty(uow, found, number)
    _send(uow, found, "promised", text)


def not_reached(uow: UnitOfWork, found: CallBack) -> None:
    """Tell him that we tried, and that ringing again reaches the same case."""
    text = f"您好，我们{found.attempts}次回电均未接通。如仍需要帮助，请再次拨打 {found.number}。"
    _send(uow, found, "not_reached", text)


def _send(uow: UnitOfWork, found: CallBack, news: str, text: str) -> None:
    if _MOBILE.fullmatch(found.phone):
        notices.queue_sms(
            uow,
            tenant_id=found.tenant_id,
            dedupe_key=f"callback:{found.callback_id}:{news}",
            phone=found.phone,
            text=text,
        )


def _send_duty(uow: UnitOfWork, found: CallBack, number: HotlineNumber) -> None:
    if number.duty_phone:
        notices.queue_sms(
            uow,
            tenant_id=found.tenant_id,
            dedupe_key=f"callback:{found.callback_id}:duty",
            phone=number.duty_phone,
            text=f"【紧急】{found.phone} 来电报告紧急情况，坐席无人接听，请立即回电。",
        )
