"""Bills that are late, damaged or cut off: nothing is believed of them until they are whole."""

from collections.abc import Callable

import pytest

from tapline import payments
from tapline.payments import bills as provider_bills
from tapline.payments.bills import BillState
from tapline.people import Staff
from tapline_ops.doctor.stops import stops
from tests.integration.payments.billing import file_of, text_of
from tests.integration.payments.days import (
    DAY,
    fetched,
    open_breaks,
    row_of,
    the_bill,
)
from tests.integration.payments.till import Till, later


def damaged(text: str) -> str:
    return text.replace("`CNY,`", "`CNY,`1o")


def cut_off(text: str) -> str:
    return text.partition("总交易单数")[0]


@pytest.mark.parametrize(
    ("spoil", "flaw"),
    [(damaged, [2, "no_yuan", "应结订单金额", "1o50.00"]), (cut_off, [0, "cut_off", "", ""])],
)
def test_of_a_malformed_bill_nothing_is_matched_until_a_good_one_comes(
    till: Till, office: dict[str, Staff], spoil: Callable[[str], str], flaw: list[object]
) -> None:
    payment = till.paid(5000)
    good = text_of([row_of(payment, fee_fen=30)])
    till.provider.bills[DAY] = file_of(spoil(good))
    later(hours=23)
    fetched(till)

    bill = the_bill(till)
    assert (bill.state, bill.flaws) == (BillState.MALFORMED, [flaw])
    assert open_breaks(till) == []
    assert "exp:psp_fee" not in till.balances()
    with till.database.transaction() as uow:
        said = [line for line in stops(uow) if "bill" in line]
        provider_bills.fetch_again(
            uow, tenant_id="demo", bill_id=bill.bill_id, staff=office["cai.wu"]
        )
    assert said == [
        "demo: the bill of wechat for 2026-11-21 is malformed after 1 attempts, see its flaws: "
        "see /console/bills"
    ]

    till.provider.bills[DAY] = file_of(good)
    fetched(till)
    assert the_bill(till).state is BillState.READ
    assert till.balances()["exp:psp_fee"] == 30


def test_a_bill_that_is_late_or_damaged_on_its_way_is_asked_for_again(till: Till) -> None:
    payment = till.paid(5000)
    later(hours=23)
    fetched(till)
    assert (the_bill(till).state, the_bill(till).error) == (BillState.AWAITED, "not ready")

    whole = file_of(text_of([row_of(payment)]))
    till.provider.bills[DAY] = payments.BillFile(content=whole.content + b"x", sha1=whole.sha1)
    later(minutes=11)
    fetched(till)
    assert "damaged" in (the_bill(till).error or "")

    till.provider.bills[DAY] = whole
    later(minutes=30)
    fetched(till)
    assert (the_bill(till).state, the_bill(till).attempts) == (BillState.READ, 3)
