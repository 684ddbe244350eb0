"""D15: money that was paid and that no machine has written."""

import pytest

from tapline import reconciliation
from tapline.reconciliation import Finding
from tapline.reconciliation.sentences import plain
from tapline_ops.tasks.topups import note_untapped_money
from tests.integration.refunds.counter import CARD
from tests.integration.topups.booth import ONLINE, Booth


def found(booth: Booth) -> list[Finding]:
    note_untapped_money(booth.uow, "demo")
    booth.uow.session.flush()
    return list(reconciliation.standing(booth.uow, tenant_id="demo", code="D15").values())


@pytest.mark.req("H374")
def test_money_that_nobody_taps_for_is_found_and_is_over_with_the_tap(booth: Booth) -> None:
    booth.tops_up(5000)
    booth.tops_up(3000, ONLINE)  # there at once: nothing waits
    assert found(booth) == []
    booth.passes(hours=25)
    (one,) = found(booth)
    assert (one.subject, one.card_no, one.amount_fen) == (f"card:{CARD}", CARD, 5000)
    assert not one.needs_person
    assert plain(one, "zh_CN") == "有 50.00 元自 11 月 21 日起等待写入该卡，至今没有刷卡"
    booth.passes(days=7)
    (one,) = found(booth)
    assert one.needs_person
    voucher = booth.taps()
    assert voucher is not None
    booth.writes(voucher)
    assert found(booth) == []
