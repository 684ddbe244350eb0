"""Posting to a real database: keys, holds, batches, and what the books then say."""

import pytest

from tapline import ledger
from tapline.errors import NotFoundError
from tapline.ledger import chart
from tapline.uow import UnitOfWork

from .commands import CARD, NOW, command, holdings, place, post, split


def test_a_pour_moves_the_cards_money_to_revenue(uow: UnitOfWork) -> None:
    post(uow, ledger.Credit(CARD, 1000), ledger.Pour(CARD, 100))

    assert split(uow) == (900, 0, 0, 0)
    found = ledger.balances(uow, tenant_id="demo", codes=["rev:water", "equity:opening"])
    assert {code: balance.posted for code, balance in found.items()} == {
        "rev:water": 100,
        "equity:opening": -1000,
    }


def test_the_same_command_again_is_a_replay_even_after_balances_changed(uow: UnitOfWork) -> None:
    post(uow, ledger.Credit(CARD, 100))
    first = place(uow, "dev:WD-1:1", ledger.Pour(CARD, 80))
    post(uow, ledger.Pour(CARD, 80))
    before = holdings(uow, "demo")

    again = place(uow, "dev:WD-1:1", ledger.Pour(CARD, 80))

    assert again == ledger.Posted("dev:WD-1:1", first.journal_id, replayed=True)
    assert holdings(uow, "demo") == before


def test_a_key_stands_for_one_command_alone(uow: UnitOfWork) -> None:
    place(uow, "dev:WD-1:1", ledger.Pour(CARD, 80))
    before = holdings(uow, "demo")

    with pytest.raises(ledger.KeyReusedError, match="dev:WD-1:1") as refused:
        place(uow, "dev:WD-1:1", ledger.Pour(CARD, 81))

    assert refused.value.code == "key_reused"
    assert holdings(uow, "demo") == before


def test_a_key_of_one_tenant_is_free_for_another(uow: UnitOfWork) -> None:
    for tenant_id in ("north", "south"):
        commands = [command(ledger.Credit(CARD, 5), "same")]
        (posted,) = ledger.post(uow, tenant_id=tenant_id, commands=commands)
        assert not posted.replayed

    assert split(uow) == (0, 0, 0, 0)


def test_a_repetition_inside_a_batch_counts_once(uow: UnitOfWork) -> None:
    pour = command(ledger.Pour(CARD, 10), "dev:WD-1:1")
    other = command(ledger.Pour(CARD, 11), "dev:WD-1:1")

    first, second = ledger.post(uow, tenant_id="demo", commands=[pour, pour])

    assert (first.replayed, second.replayed) == (False, True)
    assert first.journal_id == second.journal_id
    assert split(uow) == (0, 0, 0, 10)
    with pytest.raises(ledger.KeyReusedError):
        ledger.post(uow, tenant_id="demo", commands=[pour, other])


def test_a_refused_decision_writes_nothing_of_its_batch(uow: UnitOfWork) -> None:
    post(uow, ledger.Credit(CARD, 100))
    before = holdings(uow, "demo")

    with pytest.raises(ledger.InsufficientError, match=f"card:{CARD}:principal has 90"):
        post(
            uow,
            ledger.Pour(CARD, 10),
            ledger.Hold(chart.card(CARD).principal, chart.REFUND_PAYABLE, 91),
        )

    assert holdings(uow, "demo") == before


def test_held_money_cannot_be_held_twice(uow: UnitOfWork) -> None:
    """The available balance counts what is held already."""
    post(uow, ledger.Credit(CARD, 100))
    hold = ledger.Hold(chart.card(CARD).principal, chart.REFUND_PAYABLE, 60)
    place(uow, "refund:1", hold)

    with pytest.raises(ledger.InsufficientError):
        place(uow, "refund:2", hold)

    assert ledger.card(uow, tenant_id="demo", card_no=CARD).held_fen == 60
    assert ledger.card(uow, tenant_id="demo", card_no=CARD).balance_fen == 100


def test_a_hold_resolves_once(uow: UnitOfWork) -> None:
    post(uow, ledger.Credit(CARD, 100))
    place(uow, "refund:1", ledger.Hold(chart.card(CARD).principal, chart.REFUND_PAYABLE, 60))
    place(uow, "refund:1:post", ledger.Settle("refund:1", 40))

    assert place(uow, "refund:1:post", ledger.Settle("refund:1", 40)).replayed
    for late in (ledger.Settle("refund:1"), ledger.Void("refund:1")):
        with pytest.raises(ledger.HoldResolvedError) as refused:
            post(uow, late)
        assert refused.value.code == "hold_resolved"

    assert split(uow) == (60, 0, 0, 0)
    assert ledger.card(uow, tenant_id="demo", card_no=CARD).held_fen == 0


def test_a_hold_and_its_resolution_may_share_a_batch(uow: UnitOfWork) -> None:
    post(uow, ledger.Transfer(chart.psp("wechat"), chart.card(CARD).pending_load, 100))

    ledger.post(
        uow,
        tenant_id="demo",
        commands=[
            command(ledger.LeaseVoucher(CARD, 100), "load:1"),
            command(ledger.Settle("load:1"), "load:1:written"),
        ],
    )

    assert split(uow) == (100, 0, 0, 0)
    assert ledger.verify(uow, tenant_id="demo").ok


def test_a_hold_that_never_was_is_named(uow: UnitOfWork) -> None:
    with pytest.raises(NotFoundError, match="load:9"):
        post(uow, ledger.Void("load:9"))


def test_what_a_device_took_rests_in_suspense_until_it_is_explained(uow: UnitOfWork) -> None:
    ledger.post(
        uow,
        tenant_id="demo",
        commands=[
            ledger.Command(
                key=f"dev:WD-1:{seq}:suspend",
                kind="suspend",
                event_at=NOW,
                movement=ledger.Suspend("WD-1", 100),
                content="100",
                source={"subject": f"dev:WD-1:{seq}", "note": 'a "quoted", \\ odd {one}\n'},
            )
            for seq in (1, 2)
        ],
    )
    resolved = ledger.Command(
        key="dev:WD-1:1:explained",
        kind="unsuspend",
        event_at=NOW,
        movement=ledger.Unsuspend("WD-1", 100),
        content="100",
        source={"subject": "dev:WD-1:1"},
    )
    ledger.post(uow, tenant_id="demo", commands=[resolved])

    residue = ledger.explain(uow, tenant_id="demo", code="suspense:WD-1")

    assert [(r.subject, r.amount, r.since) for r in residue] == [("dev:WD-1:2", 100, NOW)]


def test_a_statement_is_read_newest_first_page_by_page(uow: UnitOfWork) -> None:
    post(uow, ledger.Credit(CARD, 1000), *[ledger.Pour(CARD, amount) for amount in (1, 2, 3)])
    code = chart.card(CARD).principal.code

    page = ledger.statement(uow, tenant_id="demo", code=code, limit=3)
    rest = ledger.statement(uow, tenant_id="demo", code=code, before=page[-1].version)

    assert [(line.side, line.amount, line.balance_after) for line in (*page, *rest)] == [
        ("D", 3, 994),
        ("D", 2, 997),
        ("D", 1, 999),
        ("C", 1000, 1000),
    ]


def test_the_lines_of_a_key_are_found(uow: UnitOfWork) -> None:
    place(uow, 'dev:"WD", 1\\:1', ledger.Pour(CARD, 7))

    found = ledger.entries_for_keys(uow, tenant_id="demo", keys=['dev:"WD", 1\\:1', "never"])

    assert found["never"] == []
    assert {(line.code, line.side, line.amount) for line in found['dev:"WD", 1\\:1']} == {
        (f"card:{CARD}:receivable", "D", 7),
        ("rev:water", "C", 7),
    }


def test_the_trial_balance_and_the_export_agree(uow: UnitOfWork) -> None:
    post(uow, ledger.Credit(CARD, 100), ledger.Pour(CARD, 130), ledger.Correct(CARD, 60))
    place(uow, "load:1", ledger.LeaseVoucher(CARD, 30))

    trial = {row.code: (row.debit, row.credit) for row in ledger.trial(uow, tenant_id="demo")}
    exported: dict[str, tuple[int, int]] = {}
    for entry in ledger.export_entries(uow):
        debit, credit = exported.get(entry.account, (0, 0))
        if not entry.pending:
            debit += entry.amount_fen if entry.side == "D" else 0
            credit += entry.amount_fen if entry.side == "C" else 0
        exported[entry.account] = (debit, credit)

    assert exported == trial
    assert sum(debit for debit, _ in trial.values()) == sum(credit for _, credit in trial.values())


def test_many_cards_are_read_at_once_and_an_unknown_one_is_empty(uow: UnitOfWork) -> None:
    post(uow, ledger.Credit("1", 10), ledger.Credit("2", 20))

    found = ledger.cards(uow, tenant_id="demo", card_nos=["1", "2", "3"])

    assert {no: card.balance_fen for no, card in found.items()} == {"1": 10, "2": 20, "3": 0}
