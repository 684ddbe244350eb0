"""A batch is nothing of its own: it posts what its commands would post one by one."""

import inspect
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from tapline import ledger
from tapline.errors import TaplineError
from tapline.ledger import chart
from tapline.uow import Database, UnitOfWork
from tests.stateful import examples, rolled_back

from .commands import NOW, command

CARDS = ("88000001", "88000002")
HOLDS = ("hold:1", "hold:2", "hold:3")
card_nos, holds = st.sampled_from(CARDS), st.sampled_from(HOLDS)
amounts = st.integers(1, 500)
shares = amounts.flatmap(lambda amount: st.tuples(st.just(amount), st.integers(0, amount)))
plain = st.sampled_from(
    [
        (chart.BONUS, chart.card(CARDS[0]).bonus),
        (chart.psp("wechat"), chart.card(CARDS[1]).pending_load),
        (chart.card(CARDS[0]).principal, chart.REFUND_PAYABLE),
    ]
)
poured = st.builds(
    lambda card_no, amount: (
        ledger.Line(chart.card(card_no).principal, "D", amount),
        ledger.Line(chart.WATER, "C", amount),
    ),
    card_nos,
    amounts,
)
booklet, count = (st.just(UUID(int=1)), st.just("SPRING")), st.integers(1, 5)
Asked = ledger.Movement | ledger.Resolution


def _shared(kind: type[ledger.Correct]) -> st.SearchStrategy[Asked]:
    return st.builds(lambda card_no, share: kind(card_no, *share), card_nos, shares)


STRATEGIES: dict[type, st.SearchStrategy[Asked]] = {
    **{
        kind: st.builds(kind, card_nos, amounts)
        for kind in (
            *(ledger.Credit, ledger.Pour, ledger.Unpour, ledger.PayBack, ledger.Forfeit),
            *(ledger.Restore, ledger.Unrestore, ledger.Authorise),
        )
    },
    **{
        kind: st.builds(kind, st.just("WD-1"), amounts)
        for kind in (ledger.Suspend, ledger.Unsuspend)
    },
    **{kind: st.builds(kind, card_nos) for kind in (ledger.WriteOff, ledger.Freeze)},
    **{
        kind: _shared(kind)  # type: ignore[arg-type]  # they are built alike
        for kind in (ledger.Correct, ledger.Uncorrect, ledger.LeaseVoucher, ledger.WriteVoucher)
    },
    **{
        kind: st.builds(lambda way, n, kind=kind: kind(*way, n), plain, amounts)
        for kind in (ledger.Transfer, ledger.Hold)
    },
    ledger.Carry: st.builds(ledger.Carry, st.just(CARDS[0]), st.just(CARDS[1]), st.booleans()),
    ledger.Reverse: st.builds(ledger.Reverse, poured),
    ledger.Capture: st.builds(ledger.Capture, holds, card_nos, amounts),
    ledger.Settle: st.builds(ledger.Settle, holds, st.none() | amounts),
    ledger.IssueTickets: st.builds(
        ledger.IssueTickets, *booklet, count, st.integers(0, 500), st.just(chart.psp("wechat"))
    ),
    ledger.HoldTickets: st.builds(ledger.HoldTickets, *booklet, count, st.just(chart.BOTTLED)),
    ledger.UseTickets: st.builds(ledger.UseTickets, holds, count),
    ledger.Void: st.builds(ledger.Void, holds),
}


def kinds(of: type) -> set[str]:
    """The names of all that can be made of it, however deep they inherit."""
    heirs: list[type] = of.__subclasses__()
    own = {heir.__name__ for heir in heirs if not inspect.isabstract(heir)}
    return own.union(*map(kinds, heirs))


def test_every_kind_of_movement_is_tried() -> None:
    tried = {kind.__name__ for kind in STRATEGIES}
    assert tried == kinds(ledger.Movement) | kinds(ledger.Resolution)


@st.composite
def commands(draw: st.DrawFn) -> ledger.Command:
    """A movement under a key of its own; a hold under one of few, so that it can be resolved."""
    movement = draw(st.sampled_from(list(STRATEGIES.values())).flatmap(lambda one: one))
    return command(movement, draw(holds) if movement.phase == "pending" else None)


@examples(30)
@given(
    funds=st.lists(st.builds(ledger.Credit, card_nos, amounts), max_size=3),
    asked=st.lists(commands(), min_size=1, max_size=14),
    repeated=st.integers(0, 13),
)
def test_a_batch_posts_what_one_by_one_would(
    database: Database,
    funds: list[ledger.Credit],
    asked: list[ledger.Command],
    repeated: int,
) -> None:
    asked = [*(command(fund) for fund in funds), *asked]
    asked.append(asked[repeated % len(asked)])
    with rolled_back(database) as uow:
        answers = [(one, posted(uow, "single", one)) for one in asked]
        granted = [one for one, answer in answers if answer]
        together = ledger.post(uow, tenant_id="batch", commands=granted)

        singly = [answer for _, answer in answers if answer]
        assert [one.replayed for one in together] == [one.replayed for one in singly]
        assert ledger.trial(uow, tenant_id="batch") == ledger.trial(uow, tenant_id="single")
        assert lines(uow, "batch", granted) == lines(uow, "single", granted)


def posted(uow: UnitOfWork, tenant_id: str, asked: ledger.Command) -> ledger.Posted | None:
    """The answer to one command; none where it is refused."""
    try:
        return ledger.post(uow, tenant_id=tenant_id, commands=[asked])[0]
    except TaplineError:
        return None


def lines(uow: UnitOfWork, tenant_id: str, granted: list[ledger.Command]) -> object:
    """Every entry of the commands, less the numbers of journals and the moment of writing."""
    keys = [command.key for command in granted]
    found = ledger.entries_for_keys(uow, tenant_id=tenant_id, keys=keys)
    return {
        key: [line._replace(journal_id=0, recorded_at=NOW) for line in found[key]] for key in keys
    }
