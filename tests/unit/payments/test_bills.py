"""Reading a bill, and holding it against our books: what it says does not depend on order."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline.files import Flaw, FlawedError
from tapline.payments.bills import BillLine, BreakKind, LineKind
from tapline.payments.bills.matching import Books, Ours, differences
from tapline.payments.bills.rules import read
from tests.integration.payments.billing import Row, text_of

DAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)

amounts = st.integers(1, 10**9)
rows = st.lists(
    st.builds(
        Row,
        at=st.just(NOON),
        trade_no=st.uuids().map(lambda name: name.hex),
        out_trade_no=st.uuids().map(lambda name: name.hex),
        out_refund_no=st.one_of(st.just(""), st.uuids().map(lambda name: name.hex)),
        amount_fen=amounts,
        fee_fen=st.integers(-(10**6), 10**6),
    ),
    max_size=6,
)


def content(text: str) -> bytes:
    return text.encode("utf-8-sig")


@given(rows)
def test_a_bill_is_read_to_the_fen(told: list[Row]) -> None:
    found = read(content(text_of(told)), DAY)

    assert [one.amount_fen for one in found.lines] == [row.amount_fen for row in told]
    assert found.fee_fen == sum(row.fee_fen for row in told)
    assert found.paid_fen - found.refunded_fen == sum(
        -row.amount_fen if row.out_refund_no else row.amount_fen for row in told
    )


@pytest.mark.parametrize(
    ("before", "after", "flaw"),
    [
        ("`SUCCESS", "`REVOKED", Flaw(2, "no_status", "交易状态", "REVOKED")),
        ("`CNY", "`USD", Flaw(2, "no_currency", "货币种类", "USD")),
        ("2026-11-21 12", "2026-11-22 12", Flaw(2, "no_moment", "交易时间", "2026-11-22 12:00:00")),
        ("`50.00,`0,", "`50.005,`0,", Flaw(2, "no_yuan", "应结订单金额", "50.005")),
        ("`50.00,`0,", "`-50.00,`0,", Flaw(2, "no_yuan", "应结订单金额", "-50.00")),
        ("`50.00,`0,", "`5e1,`0,", Flaw(2, "no_yuan", "应结订单金额", "5e1")),
        ("`T1,", "`,", Flaw(2, "missing", "微信订单号")),
        ("`1,`50.00", "`2,`50.00", Flaw(4, "no_sum", "总交易单数", "2")),
        ("`1,`50.00", "`1,`51.00", Flaw(4, "no_sum", "应结订单总金额", "51.00")),
        ("手续费\r\n", "别的\r\n", Flaw(1, "no_column", "手续费")),
    ],
)
def test_what_cannot_be_is_named_by_its_line(before: str, after: str, flaw: Flaw) -> None:
    text = text_of([Row(at=NOON, trade_no="T1", out_trade_no="o1", amount_fen=5000)])
    assert before in text
    with pytest.raises(FlawedError) as raised:
        read(content(text.replace(before, after, 1)), DAY)

    assert raised.value.flaws == (flaw,)


def line_of(number: int, kind: LineKind, name: str, amount_fen: int) -> BillLine:
    return BillLine(
        line=number, kind=kind, number=name, out_trade_no=f"o{name}", amount_fen=amount_fen, at=NOON
    )


def ours_of(name: str, amount_fen: int, *, done: bool = True, booked: int | None = None) -> Ours:
    return Ours(
        number=name,
        amount_fen=amount_fen,
        is_done=done,
        booked_fen=amount_fen if booked is None else booked,
        payment_id=UUID(int=1),
    )


@given(st.dictionaries(st.text("123", min_size=1, max_size=3), amounts), st.randoms())
def test_what_both_sides_have_differs_in_nothing_whatever_the_order(
    paid: dict[str, int], dice: object
) -> None:
    lines = [
        line_of(at, LineKind.PAYMENT, name, fen) for at, (name, fen) in enumerate(paid.items())
    ]
    ours = {name: ours_of(name, fen) for name, fen in paid.items()}
    dice.shuffle(lines)  # type: ignore[attr-defined]

    of_day = [(LineKind.PAYMENT, one) for one in ours.values()]
    assert differences(lines, Books(payments=ours, of_day=of_day)) == []
    assert {one.kind for one in differences([], Books(of_day=of_day))} <= {BreakKind.PAID_HERE}
    assert len(differences([], Books(of_day=of_day))) == len(paid)


def test_the_ledger_is_the_third_side() -> None:
    line = line_of(2, LineKind.PAYMENT, "1", 5000)

    (found,) = differences([line], Books(payments={"1": ours_of("1", 5000, booked=4000)}))

    assert (found.kind, found.ours_fen, found.theirs_fen) == (BreakKind.BOOKED, 4000, 5000)


def test_money_is_asked_after_only_where_the_answer_may_mend_it() -> None:
    waiting = Books(asked_for={"o1": ours_of("1", 5000, done=False)})
    line = line_of(2, LineKind.PAYMENT, "1", 5000)

    (known,) = differences([line], waiting)
    (strange,) = differences([line], Books())
    (short,) = differences([line_of(2, LineKind.PAYMENT, "1", 4000)], waiting)

    assert (known.kind, known.may_heal) == (BreakKind.PAID_THERE, True)
    assert (strange.kind, strange.may_heal) == (BreakKind.PAID_THERE, False)
    assert (short.kind, short.may_heal) == (BreakKind.AMOUNT, False)
