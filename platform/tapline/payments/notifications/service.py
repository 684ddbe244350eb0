import hashlib
from collections.abc import Mapping, Sequence
from uuid import UUID

from tapline import clock, tenants
from tapline.ids import new_id
from tapline.payments import rules
from tapline.payments import service as payments
from tapline.payments.gateway import NoticeRefusedError, Notification, PaymentGateway, Trade
from tapline.payments.notifications.model import ProviderNotice
from tapline.payments.notifications.repository import NoticeRepository
from tapline.payments.payouts import service as payouts
from tapline.payments.rules import Judgement, Verdict
from tapline.uow import UnitOfWork


def take_notice(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    provider: str,
    headers: Mapping[str, str],
    body: bytes,
    gateway: PaymentGateway,
) -> Judgement:
    """Take in a notification, and keep it as it came. Answer it once this has committed.

    One that says what is known already moves nothing; one that does not fit is set aside. Header
    names are lower case.

    Raises:
        NoticeRefusedError: it is not the provider's, too old, or this very delivery was seen.
        NotFoundError: there is no such tenant.
    """
    told = gateway.parse_notice(headers, body)
    tenants.get(uow, tenant_id=tenant_id)
    notices, body_sha256 = NoticeRepository(uow, tenant_id), hashlib.sha256(body).digest()
    payment_id = payout_id = None
    if notices.came_before(provider, told.notice_id, body_sha256):
        judgement = rules.REPEATED
    elif isinstance(told.about, Trade):
        payment_id, judgement = payments.take_trade(
            uow, tenant_id=tenant_id, provider=provider, trade=told.about
        )
    else:
        payout_id, judgement = payouts.take_report(
            uow, tenant_id=tenant_id, provider=provider, report=told.about
        )
    uow.session.flush()
    row = _row(tenant_id, provider, told, body, body_sha256)
    links = {"payment_id": payment_id, "payout_id": payout_id}
    if not notices.add_once(row | links | judgement._asdict()):
        raise NoticeRefusedError(f"delivery {told.nonce} was seen before")
    return judgement


def received(
    uow: UnitOfWork, *, tenant_id: str, verdict: Verdict | None = None, limit: int = 100
) -> Sequence[ProviderNotice]:
    """Notifications, newest first; with this verdict where given."""
    return NoticeRepository(uow, tenant_id).listed(verdict, limit)


def _row(
    tenant_id: str, provider: str, told: Notification, body: bytes, body_sha256: bytes
) -> dict[str, object]:
    delivery_id: UUID = new_id()
    return {
        "delivery_id": delivery_id,
        "tenant_id": tenant_id,
        "provider": provider,
        "notice_id": told.notice_id,
        "nonce": told.nonce,
        "body": body,
        "body_sha256": body_sha256,
        "received_at": clock.now(),
    }
