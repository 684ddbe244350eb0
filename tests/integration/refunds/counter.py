"""A water operator's counter as tests say it: machines, a card, its holder, people who decide."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from tapline import cards, clock, devices, ledger, payments, people, refunds
from tapline.cards import Card, blocklist
from tapline.cards.facts import FactIn, ingest
from tapline.cards.vouchers import Voucher
from tapline.ledger import chart
from tapline.notices import Notice
from tapline.payments import Payment, Payout, RefundOrder, RefundStatus
from tapline.people import Role
from tapline.refunds import Reason, Refund, RefundKind
from tapline.uow import UnitOfWork
from tests import factories
from tests.integration.consequences import drain
from tests.integration.payments.provider import FakeProvider, delivery
from tests.integration.refunds import deciding

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
CARD = "88001234"
PHONE = "13800138000"


class Counter:
    """A tenant with two machines that keep a block list, and 李敏 with a card of 100.00 yuan."""

    def __init__(self, uow: UnitOfWork, *, balance_fen: int = 10_000) -> None:
        self.uow = uow
        self.provider = FakeProvider()
        self._seqs = {"A": 0, "B": 0}
        self._atc = 0
        self._purse_fen = balance_fen
        factories.tenant(uow)
        for device_id in self._seqs:
            factories.device(uow, device_id)
            self.greets(device_id)
        factories.card(uow, CARD, balance_fen)
        self.holder = people.create_customer(uow, tenant_id="demo", phone=PHONE, name="李敏")
        cards.assign(uow, tenant_id="demo", card_no=CARD, customer_id=self.holder.customer_id)
        self.office = {
            role: people.create_staff(
                uow, tenant_id="demo", login=role.value, name=role.value, role=role
            )[0]
            for role in (Role.AGENT, Role.SUPERVISOR, Role.FINANCE)
        }

    # What machines do.

    def greets(self, device_id: str, *, list_version: int = 0) -> None:
        """A machine connects and says which list it keeps, and how many facts it has written."""
        devices.mark_seen(self.uow, device_ids=[device_id])
        kept = blocklist.Kept(list_version, self._seqs[device_id])
        blocklist.greeted(self.uow, tenant_id="demo", kept={device_id: kept})

    def acknowledges(self, *device_ids: str) -> None:
        """Machines say that they keep the newest list."""
        newest = blocklist.version(self.uow, tenant_id="demo")
        for device_id in device_ids:
            blocklist.acknowledged(
                self.uow,
                tenant_id="demo",
                device_id=device_id,
                version=newest,
                seq_head=self._seqs[device_id],
            )

    def pours(self, device_id: str, amt_fen: int, **changes: object) -> FactIn:
        """Water is drawn; the machine has written the fact and may send it much later."""
        self._seqs[device_id] += 1
        self._atc += 1
        fact = factories.fact(
            device_id,
            self._seqs[device_id],
            CARD,
            atc=self._atc,
            before_fen=self._purse_fen,
            amt_fen=amt_fen,
            **changes,
        )
        self._purse_fen -= amt_fen
        return fact

    def loads(self, voucher: Voucher) -> FactIn:
        """A machine has written a voucher to the card."""
        self._seqs[voucher.device_id] += 1
        self._atc += 1
        fact = factories.fact(
            voucher.device_id,
            self._seqs[voucher.device_id],
            CARD,
            atc=self._atc,
            before_fen=self._purse_fen,
            amt_fen=voucher.amount_fen,
            bal_after_fen=self._purse_fen + voucher.amount_fen,
            op="load",
            load_id=voucher.voucher_id,
            ml=0,
            ml_req=0,
            pulses=0,
        )
        self._purse_fen += voucher.amount_fen
        return fact

    def arrives(self, *facts: FactIn) -> None:
        """Facts reach us, with all that follows."""
        ingest(self.uow, tenant_id="demo", facts=facts)
        drain(self.uow)

    # What people do.

    def paid_in(self, amount_fen: int, *, days_ago: int = 30) -> Payment:
        """A payment of the holder that an earlier system took."""
        number = len(payments.listed(self.uow, tenant_id="demo"))
        return payments.import_paid(
            self.uow,
            tenant_id="demo",
            provider="wechat",
            subject=f"card:{CARD}",
            amount_fen=amount_fen,
            paid_at=clock.now() - timedelta(days=days_ago),
            provider_trade_no=f"T{number}",
            customer_id=self.holder.customer_id,
        )

    def asks(self, *, reason: Reason = Reason.NOT_NEEDED, key: str | None = None) -> Refund:
        """The holder gives up the card, in the portal."""
        refund = refunds.request(
            self.uow,
            tenant_id="demo",
            kind=RefundKind.CARD_CLOSE,
            customer_id=self.holder.customer_id,
            card_no=CARD,
            reason=reason,
            actor=f"customer:{self.holder.customer_id}",
            request_key=key,
        )
        drain(self.uow)
        return refund

    def decides(
        self, refund: Refund, *, approve: bool = True, role: Role = Role.AGENT, reason: str = "ok"
    ) -> None:
        deciding.decide(self.uow, refund, self.office[role], approve=approve, reason=reason)
        drain(self.uow)

    # What time and the provider do.

    def sweeps(self) -> None:
        for refund_id in refunds.open_claims(self.uow, tenant_id="demo"):
            refunds.advance(self.uow, tenant_id="demo", refund_id=refund_id)
        drain(self.uow)

    def passes(self, **by: float) -> None:
        """Time passes, and the sweep runs."""
        clock.advance(timedelta(**by))
        self.sweeps()

    def legs(self, refund: Refund) -> list[Payout]:
        return list(payments.payouts_of(self.uow, tenant_id="demo", subject=refund.subject))

    def ends(self, leg: Payout, status: RefundStatus = RefundStatus.SUCCEEDED) -> None:
        """The provider carries a leg out, or not, and tells us."""
        if leg.out_refund_no not in self.provider.refunds:
            self.provider.refund(
                RefundOrder(
                    out_refund_no=leg.out_refund_no,
                    provider_trade_no="T",
                    amount_fen=leg.amount_fen,
                    total_fen=leg.amount_fen,
                    reason="",
                )
            )
        self.provider.decides(leg.out_refund_no, status)
        headers, body = delivery(f"N{leg.out_refund_no}{status}", {"refund": leg.out_refund_no})
        payments.take_notice(
            self.uow,
            tenant_id="demo",
            provider="wechat",
            headers=headers,
            body=body,
            gateway=self.provider,
        )
        drain(self.uow)

    def all_arrives(self, refund: Refund) -> None:
        """Every leg on its way reaches the customer."""
        for leg in self.legs(refund):
            if not leg.state.is_paid:
                self.ends(leg)

    # What there is to see.

    @property
    def card(self) -> Card:
        return cards.get(self.uow, tenant_id="demo", card_no=CARD)

    @property
    def card_state(self) -> str:
        return self.card.state.value

    @property
    def money(self) -> ledger.CardBalance:
        return ledger.card(self.uow, tenant_id="demo", card_no=CARD)

    def balance_fen(self, account: ledger.Account) -> int:
        found = ledger.balances(self.uow, tenant_id="demo", codes=[account.code])
        return found[account.code].posted if found else 0

    @property
    def payable_fen(self) -> int:
        return self.balance_fen(chart.REFUND_PAYABLE)

    def told(self) -> list[str]:
        """The text messages to the holder, oldest first."""
        self.uow.session.flush()
        texts = select(Notice.text).where(Notice.recipient == PHONE)
        return list(self.uow.session.scalars(texts.order_by(Notice.notice_id)))

    def steps(self, refund: Refund) -> list[str]:
        """Where it stood after each step."""
        found = refunds.timeline(self.uow, tenant_id="demo", refund_id=refund.refund_id)
        return [step.state for step in found]
