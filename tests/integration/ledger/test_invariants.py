"""Whatever is posted in whatever order, the books stay whole."""

from functools import partial
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text
from sqlalchemy.orm import Session

from tapline import ledger
from tapline.ledger import chart
from tapline.uow import Database, UnitOfWork

from .commands import NOW, command

CARDS = ("88000001", "88000002")
card_nos = st.sampled_from(CARDS)
amounts = st.integers(1, 500)

RULE_OF_CARDS = text("""
select split_part(code, ':', 2) as card_no,
       sum(case when side = 'C' then c_posted - d_posted - d_pending else 0 end) as available,
       sum(case when side = 'D' then d_posted - c_posted else 0 end) as receivable,
       sum(lent) filter (where code like '%\\:principal') as lent_by_principal,
       bool_or(side = 'D' and d_posted < c_posted) as overpaid
from ledger_account where code like 'card:%' group by 1
""")


class Held(NamedTuple):
    """A hold that was granted; `leaves` says whether its money goes away from the card."""

    key: str
    card_no: str
    amount: int
    leaves: bool


class Books(RuleBasedStateMachine):
    """One tenant's ledger; `worth_fen` is what each card's facts and decisions add up to."""

    holds = Bundle("holds")
    posted = Bundle("posted")

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._connection = database.engine.connect()
        self._transaction = self._connection.begin()
        self._uow = UnitOfWork(Session(self._connection, expire_on_commit=False))
        self._worth_fen = dict.fromkeys(CARDS, 0)
        self._keys = 0

    def teardown(self) -> None:
        self._uow.session.close()
        self._transaction.rollback()
        self._connection.close()

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
        found = ledger.balances(self._uow, tenant_id="demo", codes=[owed])
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
        before = ledger.trial(self._uow, tenant_id="demo")
        (again,) = ledger.post(self._uow, tenant_id="demo", commands=[asked])
        assert again.replayed
        other = command(asked.movement, asked.key, content="another")
        with pytest.raises(ledger.KeyReusedError):
            ledger.post(self._uow, tenant_id="demo", commands=[other])
        assert ledger.trial(self._uow, tenant_id="demo") == before

    @invariant()
    def the_books_verify(self) -> None:
        assert ledger.verify(self._uow, tenant_id="demo").differences == ()

    @invariant()
    def a_card_owes_only_when_it_has_nothing_to_pay_with(self) -> None:
        for card in self._uow.session.execute(RULE_OF_CARDS):
            assert min(card.available, card.receivable) == 0
            assert not card.lent_by_principal
            assert not card.overpaid

    @invariant()
    def a_card_is_worth_what_its_facts_add_up_to(self) -> None:
        found = ledger.cards(self._uow, tenant_id="demo", card_nos=CARDS)
        assert {no: card.balance_fen for no, card in found.items()} == self._worth_fen

    @invariant()
    def what_came_to_a_card_and_went_from_it_is_what_it_is_worth(self) -> None:
        for card_no, worth_fen in self._worth_fen.items():
            given = ledger.counterparts(self._uow, tenant_id="demo", card_nos=[card_no])
            assert sum(given.values()) == worth_fen

    def _posted(self, movement: ledger.Movement, change_fen: dict[str, int]) -> ledger.Command:
        asked = command(movement, self._key())
        (answer,) = ledger.post(self._uow, tenant_id="demo", commands=[asked])
        assert not answer.replayed  # a fact is never refused
        for card_no, change in change_fen.items():
            self._worth_fen[card_no] += change
        return asked

    def _hold(self, movement: ledger.Movement, held: Held, fits: bool) -> Held:
        asked = [command(movement, held.key)]
        if fits:
            ledger.post(self._uow, tenant_id="demo", commands=asked)
            return held
        with pytest.raises(ledger.InsufficientError):
            ledger.post(self._uow, tenant_id="demo", commands=asked)
        nothing: Held = multiple()  # type: ignore[assignment]  # adds nothing to the bundle
        return nothing

    def _resolve(self, hold: Held, resolution: ledger.Resolution) -> None:
        before = self._held(hold.card_no)
        commands = [command(resolution, self._key())]
        ledger.post(self._uow, tenant_id="demo", commands=commands)
        assert before - self._held(hold.card_no) == hold.amount
        late = [command(ledger.Void(hold.key), self._key())]
        with pytest.raises(ledger.HoldResolvedError):
            ledger.post(self._uow, tenant_id="demo", commands=late)

    def _held(self, card_no: str) -> int:
        return ledger.card(self._uow, tenant_id="demo", card_no=card_no).held_fen

    def _free(self, account: ledger.Account) -> int:
        codes = [account.code]
        found = ledger.balances(self._uow, tenant_id="demo", codes=codes).get(account.code)
        return found.available if found else 0

    def _key(self) -> str:
        self._keys += 1
        return f"k{self._keys}"


def test_the_books_stay_whole_whatever_is_posted(database: Database) -> None:
    run_state_machine_as_test(
        partial(Books, database),  # type: ignore[arg-type]  # any factory will do
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


movements = st.one_of(
    st.builds(ledger.Credit, card_nos, amounts),
    st.builds(ledger.Pour, card_nos, amounts),
    st.builds(ledger.Unpour, card_nos, amounts),
    st.builds(ledger.Correct, card_nos, amounts),
    st.builds(ledger.Uncorrect, card_nos, amounts),
    st.builds(ledger.Suspend, st.just("WD-1"), amounts),
    st.builds(ledger.WriteVoucher, card_nos, amounts),
    st.builds(ledger.WriteOff, card_nos),
    st.builds(ledger.Carry, st.just(CARDS[0]), st.just(CARDS[1]), st.booleans()),
    st.builds(ledger.Transfer, st.just(chart.BONUS), st.just(chart.card(CARDS[0]).bonus), amounts),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(asked=st.lists(movements, min_size=1, max_size=12), repeated=st.integers(0, 11))
def test_a_batch_posts_what_one_by_one_would(
    database: Database, asked: list[ledger.Movement], repeated: int
) -> None:
    commands = [command(movement) for movement in asked]
    commands.append(commands[repeated % len(asked)])
    with database.engine.connect() as connection, connection.begin() as outer:
        uow = UnitOfWork(Session(connection))
        together = ledger.post(uow, tenant_id="batch", commands=commands)
        singly = [ledger.post(uow, tenant_id="single", commands=[each])[0] for each in commands]

        assert [p.replayed for p in together] == [p.replayed for p in singly]
        assert ledger.trial(uow, tenant_id="batch") == ledger.trial(uow, tenant_id="single")
        assert lines(uow, "batch", commands) == lines(uow, "single", commands)
        outer.rollback()


def lines(uow: UnitOfWork, tenant_id: str, commands: list[ledger.Command]) -> object:
    """Every entry of the commands, less the numbers of journals and the moment of writing."""
    keys = [command.key for command in commands]
    found = ledger.entries_for_keys(uow, tenant_id=tenant_id, keys=keys)
    return {
        key: [line._replace(journal_id=0, recorded_at=NOW) for line in found[key]] for key in keys
    }
