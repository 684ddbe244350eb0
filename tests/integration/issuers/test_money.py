"""What the school answers and pays, and how its debt is explained to the fen."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tapline import audit, clock
from tapline.cards.issuers import breaks, receipts
from tapline.cards.issuers.breaks import BreakKind, BreakResolution
from tapline.cards.issuers.settlements import LineKind, Settlement
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.ledger import chart
from tapline.people import Role
from tests.integration.issuers.campus import ANSWER_HEADER, OTHER_CARD, SCHOOL, Campus

DRY: dict[str, Any] = {"ml": 0, "pulses": 0, "status": "no_flow"}
HALF: dict[str, Any] = {"ml": 600, "pulses": 270}


@pytest.fixture
def settlement(campus: Campus) -> Settlement:
    """Three pours of 1.00 yuan, settled."""
    campus.arrives(campus.pours(), campus.pours(), campus.pours("B"))
    clock.advance(timedelta(days=1))
    return campus.settles_yesterday()


@pytest.mark.req("U5")
def test_what_the_school_rejects_is_a_break_with_age_owner_and_an_end(
    campus: Campus, settlement: Settlement
) -> None:
    campus.answers(
        settlement,
        ("dev:A:1", 100, "接受", ""),
        ("dev:A:2", 100, "拒绝", "卡已挂失"),
        ("dev:B:1", 60, "接受", ""),
    )
    rejected, amount = campus.breaks()
    assert [(one.kind, one.stake_fen, one.words) for one in (rejected, amount)] == [
        (BreakKind.REJECTED, 100, "卡已挂失"),
        (BreakKind.AMOUNT, 40, ""),
    ]
    assert campus.explanation().positions[0].in_break_fen == 140

    campus.ends(rejected, BreakResolution.LOSS)
    campus.ends(amount, BreakResolution.CORRECT)

    assert campus.breaks() == []
    assert (campus.due_fen, campus.balance_fen(chart.ISSUER_LOSS)) == (160, 100)
    assert campus.balance_fen(chart.WATER) == 260
    campus.pays(160)
    assert (campus.due_fen, campus.explanation().positions[0].open_fen) == (0, 0)
    acts = [one.action for one in audit.about(campus.uow, tenant_id="demo", subject="issuer:zjut")]
    assert {"issuer.answer", "issuer.break_propose", "issuer.break_confirm", "issuer.receive"} <= {
        *acts
    }


def test_nobody_gives_money_up_alone(campus: Campus, settlement: Settlement) -> None:
    campus.answers(settlement, ("dev:A:1", 100, "拒绝", "?"))
    (broken,) = campus.breaks()
    campus.proposes(broken.break_id, BreakResolution.LOSS)
    assert campus.due_fen == 300
    of_break: dict[str, Any] = {"tenant_id": "demo", "break_id": broken.break_id}
    with pytest.raises(DeniedError, match="colleague"):
        breaks.confirm(
            campus.uow,
            **of_break,
            resolution=BreakResolution.LOSS,
            staff=campus.office[Role.FINANCE],
        )
    with pytest.raises(ConflictError, match="changed"):
        breaks.confirm(
            campus.uow,
            **of_break,
            resolution=BreakResolution.CORRECT,
            staff=campus.office[Role.SUPERVISOR],
        )
    breaks.refuse(
        campus.uow,
        **of_break,
        resolution=BreakResolution.LOSS,
        staff=campus.office[Role.SUPERVISOR],
        reason="ask again",
    )
    assert (campus.due_fen, len(campus.breaks()), broken.resolution) == (300, 1, None)
    with pytest.raises(InvalidError, match="money is in it"):
        campus.proposes(broken.break_id, BreakResolution.NOTED)


def test_a_line_claimed_again_is_no_new_money(campus: Campus, settlement: Settlement) -> None:
    campus.answers(settlement, ("dev:A:1", 100, "拒绝", "查无此卡"))
    campus.ends(campus.breaks()[0], BreakResolution.AGAIN)
    clock.advance(timedelta(days=1))
    second = campus.settles_yesterday()

    (line,) = campus.lines(second)
    assert (line.key, line.kind, line.amount_fen) == ("dev:A:1", LineKind.AGAIN, 100)
    assert (second.total_fen, second.again_fen, campus.due_fen) == (0, 100, 300)
    campus.answers(second, ("dev:A:1", 100, "拒绝", "仍查无此卡"))
    campus.ends(campus.breaks()[0], BreakResolution.LOSS)
    assert campus.due_fen == 200
    assert [one.open_fen for one in campus.explanation().positions] == [200, 0]


def test_a_pour_that_was_given_up_and_turns_out_dry_is_not_given_back_as_well(
    campus: Campus,
) -> None:
    # A charge of 1.00 whose rival, with the same number, comes after the school has refused it.
    fact = campus.pours()
    campus.arrives(fact)
    clock.advance(timedelta(days=1))
    first = campus.settles_yesterday()
    campus.answers(first, (f"dev:A:{fact.seq}", 100, "拒绝", "?"))
    campus.ends(campus.breaks()[0], BreakResolution.LOSS)
    assert (campus.due_fen, campus.balance_fen(chart.ISSUER_LOSS)) == (0, 100)

    campus.arrives(replace(fact, content_hash=bytes(32), atc=900, bal_before_fen=1))
    assert campus.due_fen == -100
    clock.advance(timedelta(days=1))
    second = campus.settles_yesterday()

    assert sorted(one.amount_fen for one in campus.lines(second)) == [-100, 100]
    assert (campus.due_fen, campus.balance_fen(chart.ISSUER_LOSS)) == (0, 0)
    assert campus.explanation().due_fen == 0


def test_unknown_and_repeated_lines_are_breaks_without_money(
    campus: Campus, settlement: Settlement
) -> None:
    campus.answers(
        settlement,
        ("dev:Z:9", 500, "接受", ""),
        ("dev:A:1", 100, "接受", ""),
        ("dev:A:1", 100, "接受", ""),
    )
    assert [(one.kind, one.stake_fen) for one in campus.breaks()] == [
        (BreakKind.UNKNOWN, 0),
        (BreakKind.DUPLICATE, 0),
    ]
    with pytest.raises(InvalidError, match="noted"):
        campus.proposes(campus.breaks()[0].break_id, BreakResolution.LOSS)
    for broken in campus.breaks():
        campus.ends(broken, BreakResolution.NOTED)
    assert (campus.breaks(), campus.due_fen) == ([], 300)


def test_the_same_file_again_is_the_same_answer_and_a_bad_one_leaves_nothing(
    campus: Campus, settlement: Settlement
) -> None:
    header = ",".join(ANSWER_HEADER)
    good = f"{header}\ndev:A:1,100,拒绝,?\n".encode("gb18030")
    first, again = (campus.answers_with(settlement, good) for _ in range(2))
    assert first.answer_id == again.answer_id
    assert len(campus.breaks()) == 1
    with pytest.raises(InvalidError, match="line 3"):
        campus.answers_with(settlement, f"{header}\ndev:A:2,100,拒绝,?\ndev:B:1,-,接受,\n".encode())
    assert len(campus.breaks()) == 1


@pytest.mark.req("U5")
def test_money_in_parts_pays_the_oldest_first_and_what_is_too_much_is_seen(
    campus: Campus, settlement: Settlement
) -> None:
    campus.arrives(campus.pours())
    clock.advance(timedelta(days=1))
    campus.settles_yesterday()
    campus.arrives(campus.pours())
    campus.pays(120, "B1")
    campus.pays(120, "B1")
    assert [one.open_fen for one in campus.explanation().positions] == [180, 100]
    assert campus.explanation().unclaimed_fen == 100
    with pytest.raises(ConflictError, match="120 fen"):
        campus.pays(121, "B1")

    campus.pays(300, "B2")
    explained = campus.explanation()
    assert [one.open_fen for one in explained.positions] == [0, 0]
    assert (explained.ahead_fen, campus.due_fen) == (20, 80)


@pytest.mark.parametrize(
    ("amount_fen", "reference"), [(0, "B1"), (-5, "B1"), (10**12, "B1"), (5, " ")]
)
def test_a_transfer_that_cannot_be_is_told_and_not_posted(
    campus: Campus, amount_fen: int, reference: str
) -> None:
    with pytest.raises(InvalidError):
        campus.pays(amount_fen, reference)
    assert receipts.listed(campus.uow, tenant_id="demo", issuer_id=SCHOOL) == []


@pytest.mark.parametrize("seed", [3, 11])
def test_files_losses_and_payments_agree_with_the_books_whatever_the_order(
    campus: Campus, seed: int
) -> None:
    choice = random.Random(seed)
    facts = []
    for _ in range(24):
        shape = choice.choice([{}, {}, DRY, HALF])
        card_no = choice.choice(["20260001", OTHER_CARD])
        facts.append(campus.pours(choice.choice("AB"), card_no, **shape))
        clock.advance(timedelta(hours=choice.randrange(12)))
    arrivals = [*facts, *choice.sample(facts, 8)]
    choice.shuffle(arrivals)
    issued = []
    while arrivals:
        campus.arrives(*(arrivals.pop() for _ in range(min(len(arrivals), 7))))
        clock.advance(timedelta(days=choice.randrange(1, 3)))
        try:
            issued.append(campus.settles_yesterday())
        except ConflictError:
            continue
        lines = campus.lines(issued[-1])
        said = [
            (one.key, one.amount_fen, *choice.choice([("接受", ""), ("拒绝", "?")]))
            for one in lines
        ]
        campus.answers(issued[-1], *said)
        for broken in campus.breaks()[::2]:
            campus.ends(broken, choice.choice([BreakResolution.LOSS, BreakResolution.CORRECT]))
        campus.pays(choice.randrange(1, 400), f"B{len(issued)}")
        campus.explanation()
    clock.advance(timedelta(days=60))
    assert campus.explanation().unclaimed_fen == 0 or campus.settles_yesterday()
    final = campus.explanation()

    assert len({one.key for each in issued for one in campus.lines(each)}) == sum(
        each.lines for each in issued
    )
    assert final.unclaimed_fen == 0
    assert final.due_fen == campus.due_fen
