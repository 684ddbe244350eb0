"""From whatever list a machine keeps it comes to the newest, in frames that fit the wire."""

from hypothesis import given
from hypothesis import strategies as st

from tapline.cards.blocklist.rules import CHANGE_CARDS_MAX, Change, Step, next_step


@given(
    kept=st.integers(0, 5000), ahead=st.integers(1, 5000), share=st.floats(0, 1, allow_nan=False)
)
def test_a_machine_reaches_the_newest_list_in_few_steps(
    kept: int, ahead: int, share: float
) -> None:
    newest = kept + ahead
    cards = int(newest * share)
    steps = 0
    while kept < newest:
        step = next_step(kept, newest, cards)
        assert step.base in {0, kept}
        assert kept < step.version <= newest
        kept, steps = step.version, steps + 1
    assert steps <= ahead // CHANGE_CARDS_MAX + 1


def test_who_is_too_far_behind_gets_the_whole_list_where_it_fits() -> None:
    assert next_step(7, 5000, cards=40) == Step(0, 5000)
    assert next_step(7, 5000, cards=4000) == Step(7, 407)
    assert next_step(0, 5000, cards=4000) == Step(0, 400)


@given(before=st.sets(st.text("01A", max_size=3)), after=st.sets(st.text("01A", max_size=3)))
def test_a_change_leads_from_one_list_to_the_other(before: set[str], after: set[str]) -> None:
    change = Change.between(Step(1, 2), before, after)
    assert (before - set(change.remove)) | set(change.add) == after == set(change.cards)
    assert not set(change.add) & before
