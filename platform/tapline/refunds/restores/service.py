from tapline import cards, clock, ledger, notices, people, reconciliation
from tapline.reconciliation import Resolution
from tapline.reconciliation.sentences import yuan
from tapline.refunds.restores.model import Restoration
from tapline.refunds.restores.repository import RestorationRepository
from tapline.uow import UnitOfWork


def settle_restore(uow: UnitOfWork, *, tenant_id: str, card_no: str, atc: int) -> None:
    """Have as much wait to be written back to a purse as it lacks now.

    Compares what it lacks with what was posted and posts the change alone, so it may be called in
    any order and any number of times. Who holds a registered card is told where the money is.
    """
    restoration = RestorationRepository(uow, tenant_id).locked(card_no, atc)
    target = reconciliation.restore_of(uow, tenant_id=tenant_id, card_no=card_no, atc=atc)
    target_fen = target.target_fen if target else 0
    if change_fen := target_fen - restoration.posted_fen:
        restoration.revision += 1
        restoration.posted_fen, restoration.updated_at = target_fen, clock.now()
        ledger.post(uow, tenant_id=tenant_id, commands=[_command(restoration, change_fen)])
        if change_fen > 0:
            _tell(uow, restoration, change_fen)
    if target_fen:
        reconciliation.mark(
            uow,
            tenant_id=tenant_id,
            code="D11",
            subject=f"card:{card_no}:{atc}",
            resolution=Resolution.AUTO,
        )


def _command(restoration: Restoration, change_fen: int) -> ledger.Command:
    card_no = restoration.card_no
    return ledger.Command(
        key=f"restore:{card_no}:{restoration.atc}:{restoration.revision}",
        kind="purse_restored" if change_fen > 0 else "purse_restored_less",
        event_at=clock.now(),
        movement=(
            ledger.Restore(card_no, change_fen)
            if change_fen > 0
            else ledger.Unrestore(card_no, -change_fen)
        ),
        content={"card": card_no, "change_fen": change_fen},
        source={"card": card_no, "atc": restoration.atc, "code": "D11"},
    )


def _tell(uow: UnitOfWork, restoration: Restoration, change_fen: int) -> None:
    card_no, tenant_id = restoration.card_no, restoration.tenant_id
    card = cards.get(uow, tenant_id=tenant_id, card_no=card_no)
    if card.customer_id is None:
        return
    customer = people.find_customer(uow, tenant_id=tenant_id, customer_id=card.customer_id)
    if customer is None:
        return
    notices.queue_sms(
        uow,
        tenant_id=tenant_id,
        dedupe_key=f"restored:{card_no}:{restoration.atc}:{restoration.revision}",
        phone=people.contact_phone(customer),
        text=(
            f"尾号 {card_no[-4:]} 的水卡，卡内余额比账面少 {yuan(change_fen)} 元，"
            "我们没有收到相应的消费记录。这笔钱将在下次在任意一台机器刷卡时写入卡内。"
        ),
    )
