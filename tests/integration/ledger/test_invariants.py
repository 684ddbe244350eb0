"""Whatever is posted in whatever order, the books stay whole."""

from typing import NamedTuple

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    consumes,
    invariant,
    multiple,
    rule,
)

from tapline import ledger
from tapline.ledger import chart
from tapline.uow import Database
from tests.integration.invariants.invariants import broken_books
from tests.stateful import Undone, try_to_break

from .commands import NOW, command

CARDS = ("88000001", "88000002")
card_nos = st.sampled_from(CARDS)
amounts = st.integers(1, 500)


class Held(NamedTuple):
    """A hold that was granted; `leaves` says whether its money goes away from the card."""

    key: str
    card_no: str
    amount: int
    leaves: bool


class Books(Undone):
    """One tenant's ledger; `worth_fen` is what each card's facts and decisions add up to."""

    holds = Bundle("holds")
    posted = Bundle("posted")

    def __init__(self, database: Database) -> None:
        super().__init__(database, NOW)
        self._worth_fen = dict.fromkeys(CARDS, 0)
        self._keys = 0

    @rule(target=posted, card_no=card_nos, amount=amounts)
    def credit(self, card_no: str, amount: int) -> ledger.Command:
        return self._posted(ledger.Credit(card_no, amount), {card_no: amount})

    @rule(target=posted, card_no=card_nos, amount=amounts)
    def grant_bonus(self, card_no: str, amount: int) -> ledger.Command:
        grant = ledger.Transfer(chart.expense("bonus"), chart.card(card_no).bonus, amount)
        return self._posted(grant, {card_no: amount})

    @rule(target=posted, card_no=card_nos, amount=amounts)
    def pour(self, card_no: str, amount: int) -> ledger.Command:
        return self._posted(ledger.Pour(card_no, amount), {card_no: -amount})

    @rule(target=posted, card_no=card_nos, amount=amounts)
    def unpour(self, card_no: str, amount: int) -> ledger.Command:
        return self._posted(ledger.Unpour(card_no, amount), {card_no: amount})

    @rule(target=posted, card_no=card_nos, amount=amounts, share=st.integers(0, 3))
    def correct(self, card_no: str, amount: int, share: int) -> ledger.Command:
        correction = ledger.Correct(card_no, amount, bonus_amount=amount * share // 3)
        return self._posted(correction, {card_no: amount})

    @rule(target=posted, card_no=card_nos, amount=amounts, share=st.integers(0, 3))
    def uncorrect(self, card_no: str, amount: int, share: int) -> ledger.Command:
        less = ledger.Uncorrect(card_no, amount, bonus_amount=amount * share // 3)
        return self._posted(less, {card_no: -amount})

    @rule(target=posted, amount=amounts)
    def suspend(self, amount: int) -> ledger.Command:
        return self._posted(ledger.Suspend("WD-1", amount), {})

    @rule(target=holds, card_no=card_nos, amount=amounts, share=st.integers(0, 3))
    def lease(self, card_no: str, amount: int, share: int) -> Held:
        card = chart.card(card_no)
        bonus = amount * share // 3
        fits = self._free(card.pending_load) >= amount - bonus
        fits = fits and self._free(card.pending_bonus) >= bonus
        voucher = ledger.LeaseVoucher(card_no, amount, bonus_amount=bonus)
        return self._hold(voucher, Held(self._key(), card_no, amount, leaves=False), fits)

    @rule(target=holds, card_no=card_nos, amount=amounts)
    def authorise(self, card_no: str, amount: int) -> Held:
        card = chart.card(card_no)
        fits = self._free(card.principal) + self._free(card.bonus) >= amount
        held = Held(self._key(), card_no, amount, leaves=True)
        return self._hold(ledger.Authorise(card_no, amount), held, fits)

    @rule(target=holds, card_no=card_nos, amount=amounts)
    def ask_for_refund(self, card_no: str, amount: int) -> Held:
        principal = chart.card(card_no).principal
        hold = ledger.Hold(principal, chart.REFUND_PAYABLE, amount)
        held = Held(self._key(), card_no, amount, leaves=True)
        return self._hold(hold, held, self._free(principal) >= amount)

    @rule(card_no=card_nos, amount=amounts, lapses=st.booleans())
    def take_from(self, card_no: str, amount: int, lapses: bool) -> None:
        taking = (ledger.Forfeit if lapses else ledger.PayBack)(card_no, amount)
        if sum(map(self._free, chart.card(card_no)[:4])) >= amount:
            self._posted(taking, {card_no: -amount})

    @rule(card_no=card_nos)
    def write_off(self, card_no: str) -> None:
        owed = chart.card(card_no).receivable.code
        found = ledger.balances(self.uow, tenant_id="demo", codes=[owed])
        lost_fen = found[owed].posted if found else 0
        self._posted(ledger.WriteOff(card_no), {card_no: lost_fen})

    @rule(hold=consumes(holds), part=st.integers(1, 500))
    def settle(self, hold: Held, part: int) -> None:
        part = min(part, hold.amount)
        self._resolve(hold, ledger.Settle(hold.key, part))
        self._worth_fen[hold.card_no] -= part if hold.leaves else 0

    @rule(hold=consumes(holds))
    def void(self, hold: Held) -> None:
        self._resolve(hold, ledger.Void(hold.key))

    @rule(hold=consumes(holds), amount=amounts)
    def capture(self, hold: Held, amount: int) -> None:
        self._resolve(hold, ledger.Capture(hold.key, hold.card_no, amount))
        self._worth_fen[hold.card_no] -= amount

    @rule(asked=posted)
    def replay(self, asked: ledger.Command) -> None:
        before = ledger.trial(self.uow, tenant_id="demo")
        (again,) = ledger.post(self.uow, tenant_id="demo", commands=[asked])
        assert again.replayed
        other = command(asked.movement, asked.key, content="another")
        with pytest.raises(ledger.KeyReusedError):
            ledger.post(self.uow, tenant_id="demo", commands=[other])
        assert ledger.trial(self.uow, tenant_id="demo") == before

    @invariant()
    def the_books_are_whole(self) -> None:
        assert broken_books(self.uow) == []
        assert ledger.verify(self.uow, tenant_id="demo").differences == ()

    @invariant()
    def a_card_is_worth_what_its_facts_add_up_to(self) -> None:
        found = ledger.cards(self.uow, tenant_id="demo", card_nos=CARDS)
        assert {no: card.balance_fen for no, card in found.items()} == self._worth_fen

    @invariant()
    def what_came_to_a_card_and_went_from_it_is_what_it_is_worth(self) -> None:
        for card_no, worth_fen in self._worth_fen.items():
            given = ledger.counterparts(self.uow, tenant_id="demo", card_nos=[card_no])
            assert sum(given.values()) == worth_fen

    def _posted(self, movement: ledger.Movement, change_fen: dict[str, int]) -> ledger.Command:
        asked = command(movement, self._key())
        (answer,) = ledger.post(self.uow, tenant_id="demo", commands=[asked])
        assert not answer.replayed  # a fact is never refused
        for card_no, change in change_fen.items():
            self._worth_fen[card_no] += change
        return asked

    def _hold(self, movement: ledger.Movement, held: Held, fits: bool) -> Held:
        asked = [command(movement, held.key)]
        if fits:
            ledger.post(self.uow, tenant_id="demo", commands=asked)
            return held
        with pytest.raises(ledger.InsufficientError):
            ledger.post(self.uow, tenant_id="demo", commands=asked)
        nothing: Held = multiple()  # type: ignore[assignment]  # adds nothing to the bundle
        return nothing

    def _resolve(self, hold: Held, resolution: ledger.Resolution) -> None:
        before = self._held(hold.card_no)
        commands = [command(resolution, self._key())]
        ledger.post(self.uow, tenant_id="demo", commands=commands)
        assert before - self._held(hold.card_no) == hold.amount
        late = [command(ledger.Void(hold.key), self._key())]
        with pytest.raises(ledger.HoldResolvedError):
            ledger.post(self.uow, tenant_id="demo", commands=late)

    def _held(self, card_no: str) -> int:
        return ledger.card(self.uow, tenant_id="demo", card_no=card_no).held_fen

    def _free(self, account: ledger.Account) -> int:
        codes = [account.code]
        found = ledger.balances(self.uow, tenant_id="demo", codes=codes).get(account.code)
        return found.available if found else 0

    def _key(self) -> str:
        self._keys += 1
        return f"k{self._keys}"


def test_the_books_stay_whole_whatever_is_posted(database: Database) -> None:
    try_to_break(Books, database, few=20)
