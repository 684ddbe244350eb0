"""The operator: issues cards, takes in what machines send, lets the clock do its sweeps.

Each step is a transaction of its own, as at the edges of the product.
"""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from tapline import cards, clock, devices, ledger, payments, people, reconciliation, refunds
from tapline.cards import CardKind, campaigns, issuers, tills, topups, vouchers
from tapline.cards.campaigns import Terms
from tapline.cards.facts import FactIn, ingest
from tapline.cards.vouchers import Tap, Voucher
from tapline.devices import Hello, Presence, tariffs
from tapline.devices.tariffs import Tariff
from tapline.money import Fen
from tapline.payments import Payout, RefundOrder, RefundStatus
from tapline.people import Customer, Role
from tapline.refunds import Reason, Refund, RefundKind
from tapline.uow import Database, UnitOfWork
from tapline_ops.tasks.topups import note_untapped_money
from tests import factories
from tests.integration.consequences import drain
from tests.integration.payments.provider import FakeProvider, delivery
from tests.integration.year.world import CUP_FEN, CUP_ML, Machine, Plastic
from tests.paying import money_arrives

ISSUER = "zjut"


class House:
    """One operator with its staff, machines and customers."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.customers: dict[str, Customer] = {}
        self._keys = itertools.count(1)
        self._provider = FakeProvider()

    @contextmanager
    def open(self) -> Iterator[UnitOfWork]:
        """A transaction, and everything that follows from it."""
        with self.database.transaction() as uow:
            yield uow
            uow.session.flush()
            drain(uow)

    # How it begins.

    def founds(self, machines: Sequence[Machine]) -> None:
        """Staff, a till, prices, machines with a line, somebody else's cards."""
        with self.open() as uow:
            factories.tenant(uow)
            self.office = {
                role: people.create_staff(
                    uow, tenant_id="demo", login=role.value, name=role.value, role=role
                )[0]
                for role in (Role.AGENT, Role.SUPERVISOR, Role.FINANCE, Role.COURIER)
            }
            self.till = tills.open_for(uow, tenant_id="demo", staff=self.office[Role.COURIER])
            cups = [(CUP_ML * n, CUP_FEN * n) for n in (1, 2, 3)]
            tariffs.publish(
                uow,
                tenant_id="demo",
                tariff=Tariff(version=1, steps=cups),
                actor="finance",
                reason="2025",
            )
            issuers.create(
                uow,
                tenant_id="demo",
                issuer_id=ISSUER,
                name="浙江工业大学 一卡通",
                legal_entity="浙江工业大学",
                contact="0571-8832 0000",
                settlement_day=5,
                commission_permille=0,
                actor="finance",
            )
            issuers.add_numbers(
                uow, tenant_id="demo", issuer_id=ISSUER, lines=["2025****"], actor="finance"
            )
            for machine in machines:
                self._machine(uow, machine)

    def _machine(self, uow: UnitOfWork, machine: Machine) -> None:
        factories.device(uow, machine.name)
        device = devices.get(uow, tenant_id="demo", device_id=machine.name, lock=True)
        hello = Hello(
            boot=1, seq_head=0, seq_acked=0, document={"hw": "RO-50", "fw": "2.4.1", "caps": []}
        )
        devices.greet(uow, device=device, hello=hello)
        devices.mark_presence(uow, device=device, state=Presence.ONLINE, boot=1, conn=1)

    def has_line(self, machine: Machine, *, is_online: bool) -> None:
        machine.has_line = is_online
        state = Presence.ONLINE if is_online else Presence.LOST
        with self.open() as uow:
            device = devices.get(uow, tenant_id="demo", device_id=machine.name, lock=True)
            devices.mark_presence(uow, device=device, state=state, boot=1, conn=1)

    def issues(self, card: Plastic, *, holder: bool = False) -> None:
        """A card goes out with what is on its chip (or in its account)."""
        with self.open() as uow:
            self.issue(uow, card, holder=holder)

    def issue(self, uow: UnitOfWork, card: Plastic, *, holder: bool = False) -> None:
        customer = None
        if holder:
            customer = people.create_customer(
                uow, tenant_id="demo", phone=f"138{int(card.number):08d}", name="李敏"
            )
            self.customers[card.number] = customer
        cards.issue(
            uow,
            tenant_id="demo",
            card_no=card.number,
            kind=CardKind(card.kind),
            balance_fen=Fen(card.chip_fen),
            customer_id=customer.customer_id if customer else None,
        )

    def promises(self, per_mille: int, paid_fen_min: int) -> None:
        """A campaign of thirty days, for which two people stand."""
        terms = Terms(
            name="充值有礼",
            since=clock.now(),
            until=clock.now() + timedelta(days=30),
            paid_fen_min=paid_fen_min,
            per_mille=per_mille,
            customer_fen_max=1_000_000,
        )
        with self.open() as uow:
            made = campaigns.propose(
                uow, tenant_id="demo", terms=terms, actor="finance", reason="开学季"
            )
            campaigns.approve(
                uow, tenant_id="demo", campaign_id=made.campaign_id, actor="supervisor"
            )

    # What happens at machines.

    def answers(self, taps: Sequence[tuple[Plastic, Machine]]) -> list[Voucher | None]:
        """What each machine may write to the card that is tapped at it."""
        asked = [
            Tap(machine.name, f"tap-{next(self._keys)}", card.number) for card, machine in taps
        ]
        with self.open() as uow:
            return vouchers.ask(uow, tenant_id="demo", taps=asked)

    def takes_in(self, facts: Sequence[FactIn]) -> None:
        """Facts arrive in one delivery, with all that follows."""
        with self.open() as uow:
            ingest(uow, tenant_id="demo", facts=facts)

    def hears_lost(self, machine: Machine, seq: int) -> None:
        """A machine declares that it has a fact no more."""
        with self.open() as uow:
            devices.declare_lost(
                uow, tenant_id="demo", device_id=machine.name, from_seq=seq, to_seq=seq
            )

    # What people do.

    def tops_up(self, card_no: str, amount_fen: int, *, by_hand: bool) -> int:
        """Money for a card, at a till or through a provider; the bonus that it was promised."""
        key = f"form-{next(self._keys)}"
        asked: dict[str, Any] = {"card_no": card_no, "amount_fen": amount_fen, "request_key": key}
        with self.open() as uow:
            if by_hand:
                staff = self.office[Role.COURIER]
                return topups.take_cash(uow, tenant_id="demo", staff=staff, **asked).bonus_fen
            topup = topups.ask(
                uow,
                tenant_id="demo",
                customer_id=self.customers[card_no].customer_id,
                provider="wechat",
                **asked,
            )
            money_arrives(uow, topup.subject)
            return topup.bonus_fen

    def hears_of_loss(self, card_no: str) -> None:
        with self.open() as uow:
            cards.report_lost(
                uow, tenant_id="demo", card_no=card_no, actor="agent", reason="holder called"
            )

    def gives_back(self, card_no: str) -> None:
        """A card that was lost is found again."""
        with self.open() as uow:
            cards.found(uow, tenant_id="demo", card_no=card_no, actor="agent", reason="found")

    def replaces(self, card_no: str, new_card_no: str) -> None:
        with self.open() as uow:
            cards.replace(
                uow,
                tenant_id="demo",
                card_no=card_no,
                new_card_no=new_card_no,
                actor="agent",
                reason="lost",
            )
        self.customers[new_card_no] = self.customers[card_no]

    # What the clock does.

    def sweeps(self) -> None:
        """Everything that happens by the clock, in the evening."""
        with self.open() as uow:
            reconciliation.sweep_gaps(uow, tenant_id="demo")
            reconciliation.follow_gaps(uow, tenant_id="demo")
            while reconciliation.sweep_cards(uow, tenant_id="demo"):
                pass
            drain(uow)
            reconciliation.sweep_debts(uow, tenant_id="demo")
            cards.carry_all(uow, tenant_id="demo")
            topups.remind(uow, tenant_id="demo")
            note_untapped_money(uow, "demo")

    def looks_at_meters(self) -> None:
        with self.open() as uow:
            reconciliation.sweep_meters(uow, tenant_id="demo")

    def advances_refunds(self) -> None:
        """Claims take their next step; people decide, the provider carries out."""
        with self.open() as uow:
            for refund_id in refunds.open_claims(uow, tenant_id="demo"):
                refunds.advance(uow, tenant_id="demo", refund_id=refund_id)
        with self.open() as uow:
            for refund in refunds.review_queue(uow, tenant_id="demo"):
                if refund.kind is RefundKind.CARD_CLOSE:
                    self._decides(uow, refund)
            drain(uow)
            for payout in self._payouts(uow):
                carried_out(uow, self._provider, payout)

    def _decides(self, uow: UnitOfWork, refund: Refund) -> None:
        refunds.decide(
            uow,
            tenant_id="demo",
            refund_id=refund.refund_id,
            approve=True,
            amount_fen=refund.amount_fen,
            version=refund.version,
            staff=self.office[Role.SUPERVISOR],
            reason="ok",
        )

    def _payouts(self, uow: UnitOfWork) -> list[Payout]:
        claims = refunds.listed(uow, tenant_id="demo", limit=1000)
        made = (
            payments.payouts_of(uow, tenant_id="demo", subject=refund.subject)
            for refund in claims
            if refund.kind is RefundKind.CARD_CLOSE
        )
        return [payout for of_claim in made for payout in of_claim if not payout.state.is_paid]

    def gives_up(self, card_no: str) -> None:
        """A customer wants his money back and leaves."""
        customer_id = self.customers[card_no].customer_id
        with self.open() as uow:
            refunds.request(
                uow,
                tenant_id="demo",
                kind=RefundKind.CARD_CLOSE,
                customer_id=customer_id,
                card_no=card_no,
                reason=Reason.NOT_NEEDED,
                actor=f"customer:{customer_id}",
            )

    def closes(self) -> None:
        """Close the days that are over; finance says why clearing accounts still hold something."""
        with self.database.transaction() as uow:
            ledger.seal(uow)
        with self.open() as uow:
            for day in ledger.days_due(uow, tenant_id="demo"):
                open_items = ledger.breaks(uow, tenant_id="demo", day=day)
                ledger.close_day(
                    uow,
                    tenant_id="demo",
                    day=day,
                    actor="finance",
                    reasons={one.key: "no bill yet" for one in open_items},
                )


def carried_out(uow: UnitOfWork, provider: FakeProvider, payout: Payout) -> None:
    """The provider pays out, and tells us."""
    provider.refund(
        RefundOrder(
            out_refund_no=payout.out_refund_no,
            provider_trade_no="T",
            amount_fen=payout.amount_fen,
            total_fen=payout.amount_fen,
            reason="",
        )
    )
    provider.decides(payout.out_refund_no, RefundStatus.SUCCEEDED)
    headers, body = delivery(f"N{payout.out_refund_no}", {"refund": payout.out_refund_no})
    payments.take_notice(
        uow,
        tenant_id="demo",
        provider="wechat",
        headers=headers,
        body=body,
        gateway=provider,
    )


def at(moment: datetime) -> None:
    """Move the frozen clock on to `moment`."""
    ahead = moment - clock.now()
    assert ahead >= timedelta(0), "a year goes forward"
    clock.advance(ahead)
