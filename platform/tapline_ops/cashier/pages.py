"""Pages: where a customer pays, and where a tester sees and chooses what the cashier does."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tapline import clock
from tapline.payments import TradeStatus
from tapline_ops.cashier import behaviour
from tapline_ops.cashier.behaviour import Notify, Refunding
from tapline_ops.cashier.service import Cashier

router = APIRouter()

_SHOWN = 50

_NOTIFY_ZH = {
    Notify.IN_TIME: "及时通知",
    Notify.LATE: "迟到通知",
    Notify.TWICE: "重复通知",
    Notify.NEVER: "从不通知",
}
_REFUNDING_ZH = {
    Refunding.AFTER_A_WHILE: "受理后到账",
    Refunding.AT_ONCE: "立即到账",
    Refunding.ABNORMAL: "退款异常",
}
_STATUS_ZH = {
    "unpaid": "待支付",
    "paid": "已支付",
    "closed": "已关闭",
    "processing": "退款处理中",
    "succeeded": "退款成功",
    "abnormal": "退款异常",
}
_PROVIDER_ZH = {"wechat": "微信支付", "alipay": "支付宝"}


def _yuan(amount_fen: int) -> str:
    return f"{amount_fen // 100}.{amount_fen % 100:02d}"


_pages = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_pages.filters["yuan"] = _yuan
_pages.filters["status_zh"] = lambda status: _STATUS_ZH.get(status, status)
_pages.filters["provider_zh"] = lambda provider: _PROVIDER_ZH.get(provider, provider)
_pages.globals["notifying"] = _NOTIFY_ZH
_pages.globals["refunding"] = _REFUNDING_ZH


@router.get("/")
def overview(request: Request) -> Response:
    """Orders, refunds and notifications, newest first, and how each is treated."""
    cashier = _cashier(request)
    with cashier.books.transaction():
        return _page(
            "overview.html",
            trades=cashier.books.newest_trades(_SHOWN),
            refunds=cashier.books.newest_refunds(_SHOWN),
            deliveries=cashier.books.newest_deliveries(_SHOWN),
            notify_percent=behaviour.NOTIFY_PERCENT,
            refunding_percent=behaviour.REFUNDING_PERCENT,
        )


@router.get("/pay/{out_trade_no}")
def pay_page(request: Request, out_trade_no: str) -> Response:
    """What is to be paid, to whom, with the two buttons."""
    trade = _cashier(request).page(out_trade_no)
    payable = trade.status is TradeStatus.UNPAID and clock.now() < trade.expires_at
    return _page("pay.html", trade=trade, payable=payable)


@router.post("/pay/{out_trade_no}")
def pay(
    request: Request,
    out_trade_no: str,
    act: Annotated[str, Form(pattern="^(pay|cancel)$")],
    notify: Annotated[Notify | None, Form()] = None,
    refunding: Annotated[Refunding | None, Form()] = None,
) -> Response:
    """Pay or leave; either way back to where the customer came from."""
    cashier = _cashier(request)
    trade = cashier.page(out_trade_no)
    if notify and refunding:
        cashier.behave(out_trade_no, notify, refunding)
    if act == "pay":
        cashier.pay(out_trade_no)
    return RedirectResponse(trade.return_url or "/", 303)


@router.post("/behaviour/{out_trade_no}")
def behave(
    request: Request,
    out_trade_no: str,
    notify: Annotated[Notify, Form()],
    refunding: Annotated[Refunding, Form()],
) -> Response:
    """Choose how an order is treated."""
    _cashier(request).behave(out_trade_no, notify, refunding)
    return RedirectResponse("/", 303)


def _cashier(request: Request) -> Cashier:
    cashier: Cashier = request.app.state.cashier
    return cashier


def _page(name: str, **values: object) -> Response:
    return HTMLResponse(
        _pages.get_template(name).render(**values),
        headers={
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
            "Cache-Control": "no-store",
        },
    )
