"""Silence, incidents, notice and availability as functions of values."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline.devices import Presence
from tapline.outages.darkness.model import Return
from tapline.outages.darkness.rules import Sighting, came_back, returned, went_dark
from tapline.outages.hearing import Ear
from tapline.outages.incidents.model import Cause
from tapline.outages.incidents.rules import cause_of, is_ours, mass_began, over_at
from tapline.outages.plans.rules import announced_in_time, is_late
from tapline.outages.residents.rules import is_quiet
from tapline.outages.spans import Span, common, total_s, without
from tapline.outages.uptime.rules import MISSED, Part, account, added, told_to_stop
from tapline.policy import Policy
from tests.stateful import examples

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
POLICY = Policy()
AWAKE = Ear(NOON - timedelta(days=1), NOON)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def hours(start: float, end: float) -> Span:
    return Span(at(60 * start), at(60 * end))


class TestSilence:
    def test_a_broken_connection_is_not_yet_a_dark_machine(self) -> None:
        seen = Sighting(Presence.LOST, NOON, (at(-1),))

        assert went_dark(seen, AWAKE, at(2.9), POLICY) is None
        assert went_dark(seen, AWAKE, at(3), POLICY) == at(-1)

    def test_a_will_that_comes_late_leaves_the_machine_its_time_all_the_same(self) -> None:
        seen = Sighting(Presence.LOST, at(10), (NOON,))

        assert went_dark(seen, AWAKE, at(12), POLICY) is None
        assert went_dark(seen, AWAKE, at(13), POLICY) == NOON

    def test_what_we_did_not_hear_is_no_silence(self) -> None:
        seen = Sighting(Presence.LOST, at(-60), (at(-60),))

        assert went_dark(seen, Ear(None, at(-5)), NOON, POLICY) is None
        assert went_dark(seen, Ear(at(-9), NOON), NOON, POLICY) is None
        assert went_dark(seen, Ear(at(-10), NOON), NOON, POLICY) == at(-60)

    def test_a_connection_that_stands_is_believed_until_two_hourly_counts_are_missing(self) -> None:
        seen = Sighting(Presence.ONLINE, at(-500), (at(-129),))

        assert went_dark(seen, AWAKE, NOON, POLICY) is None
        assert went_dark(seen, AWAKE, at(1), POLICY) == at(-129)
        assert went_dark(seen._replace(reading_at=at(-1)), AWAKE, at(1), POLICY) is None

    def test_who_was_never_heard_of_is_not_dark(self) -> None:
        assert went_dark(Sighting(Presence.NEVER, None), AWAKE, at(9999), POLICY) is None

    def test_any_word_of_its_own_ends_it_and_a_late_will_does_not(self) -> None:
        went, found = at(-9), at(-5)

        assert came_back(Sighting(Presence.LOST, at(-1), (went,)), went, found) is None
        assert came_back(Sighting(Presence.LOST, at(-1), (at(-2),)), went, found) == at(-2)
        assert came_back(Sighting(Presence.ONLINE, at(-3), (went,)), went, found) == at(-3)

    def test_a_reading_taken_in_the_dark_and_sent_afterwards_does_not_move_the_end(self) -> None:
        seen = Sighting(Presence.ONLINE, at(-1), (at(-20),), at(-4))

        assert came_back(seen, at(-20), at(-10)) == at(-1)

    def test_its_first_hello_says_whether_it_had_power(self) -> None:
        assert returned(7, 7, "power") is Return.LINE
        assert returned(7, 8, "power") is Return.POWER
        assert returned(7, 8, "watchdog") is Return.RESTART


class TestIncidents:
    def test_half_of_a_site_within_the_window_is_one_outage(self) -> None:
        went = [at(0), at(2), at(4), at(6)]

        assert mass_began(went, 8, POLICY) == at(0)
        assert mass_began(went, 9, POLICY) is None
        assert mass_began([at(0), at(6), at(12), at(18)], 8, POLICY) is None

    def test_two_machines_of_a_site_of_three_are_two_machines(self) -> None:
        assert mass_began([at(0), at(0)], 3, POLICY) is None

    def test_the_order_in_which_they_were_found_plays_no_part(self) -> None:
        went = [at(-300), at(0), at(1), at(2)]

        assert {mass_began(order, 6, POLICY) for order in permutations(went)} == {at(0)}

    def test_many_sites_at_once_share_nothing_but_us(self) -> None:
        assert is_ours([at(0), at(1), at(2)], 30, 50, POLICY)
        assert not is_ours([at(0), at(1), at(2)], 20, 50, POLICY)
        assert not is_ours([at(0), at(1)], 50, 50, POLICY)
        assert not is_ours([at(0), at(1), at(20)], 50, 50, POLICY)

    def test_an_outage_is_over_when_most_machines_have_been_back_for_some_minutes(self) -> None:
        back = [at(0), at(1), at(4), None, None]

        assert over_at(back, at(13), POLICY) is None
        assert over_at(back, at(14), POLICY) == at(4)
        assert over_at([at(0), at(1), None, None], at(99), POLICY) is None, "half is not most"
        assert over_at([at(0), at(9), at(10), at(11), None], at(15), POLICY) is None

    def test_with_its_last_machine_an_outage_is_over_at_once(self) -> None:
        assert over_at([at(3), at(0)], at(3), POLICY) == at(3)
        assert over_at([], at(3), POLICY) is None

    def test_what_most_say_that_are_back_is_what_it_was(self) -> None:
        assert cause_of([None, None], 0) is Cause.UNKNOWN
        assert cause_of([None, None], 1) is Cause.POWER
        assert cause_of([Return.LINE, Return.LINE, Return.POWER, None], 1) is Cause.LINE
        assert cause_of([Return.POWER, Return.RESTART], 0) is Cause.POWER


@dataclass
class Entry:
    starts_at: datetime
    ends_at: datetime
    at: datetime


class TestNotice:
    def test_works_of_more_than_four_hours_are_announced_a_day_before(self) -> None:
        assert is_late(at(0), at(60 * 5), at(-60 * 23), POLICY)
        assert not is_late(at(0), at(60 * 5), at(-60 * 24), POLICY)
        assert not is_late(at(0), at(60 * 4), at(0), POLICY)

    def test_what_is_prolonged_while_it_goes_on_is_planned_to_the_end_first_said(self) -> None:
        first = Entry(*hours(0, 3), at=at(-60))
        longer = Entry(*hours(0, 8), at=at(120))

        assert announced_in_time(*hours(0, 8), [first, longer], POLICY) == [hours(0, 3)]

    def test_what_was_told_in_time_for_its_second_day_excuses_the_second_day(self) -> None:
        late = Entry(*hours(0, 40), at=at(-60))

        assert announced_in_time(*hours(0, 40), [late], POLICY) == [hours(23, 40)]

    def test_nobody_is_woken_for_water(self) -> None:
        night = [datetime(2026, 11, 21, hour, tzinfo=UTC) for hour in range(24)]

        asleep = [one.hour for one in night if is_quiet(one, POLICY)]

        assert asleep == list(range(13, 24))  # 21:00 to 7:59 in Shanghai
        day = Policy(quiet_from_h=12, quiet_until_h=14)
        assert [one.hour for one in night if is_quiet(one, day)] == [4, 5]


spans = st.lists(
    st.tuples(st.integers(0, 200), st.integers(0, 200)).map(lambda two: hours(*sorted(two))),
    max_size=6,
)
conditions = st.dictionaries(st.sampled_from(list(Part)[:-1]), spans, max_size=6)


class TestAvailability:
    @examples(100)
    @given(served=spans, held=conditions)
    def test_the_parts_are_the_whole(
        self, served: list[Span], held: dict[Part, list[Span]]
    ) -> None:
        found = account(served, held)

        assert found.whole_s == total_s(served)
        assert min(found.seconds.values()) >= 0
        missed = sum(found.seconds[part] for part in MISSED)
        assert found.service_s == missed + found.available_s
        assert 0 <= (found.per_myriad or 0) <= 10_000
        everything = [span for part in held.values() for span in part]
        assert found.available_s == total_s(without(served, everything))

    @examples(50)
    @given(served=spans, held=conditions, random=st.randoms(use_true_random=False))
    def test_the_order_of_arrivals_plays_no_part(
        self, served: list[Span], held: dict[Part, list[Span]], random: object
    ) -> None:
        before = account(served, held)
        for one in (served, *held.values()):
            random.shuffle(one)  # type: ignore[attr-defined]

        assert account(served, dict(reversed(held.items()))) == before

    @examples(50)
    @given(held=conditions, cut=st.integers(1, 199))
    def test_two_halves_of_a_month_are_the_month(
        self, held: dict[Part, list[Span]], cut: int
    ) -> None:
        halves = [account([hours(0, cut)], held), account([hours(cut, 200)], held)]

        assert added(halves) == account([hours(0, 200)], held)

    def test_what_was_planned_in_time_is_no_one_s_debt_and_what_was_dark_is(self) -> None:
        found = account(
            [hours(0, 10)], {Part.PLANNED: [hours(2, 4)], Part.DARK: [hours(3, 6), hours(5, 7)]}
        )

        assert found.service_s == 8 * 3600
        assert found.seconds[Part.DARK] == 3 * 3600
        assert found.per_myriad == 6250

    def test_where_nothing_was_to_be_served_there_is_no_uptime(self) -> None:
        assert account([hours(0, 1)], {Part.CLOSED: [hours(0, 2)]}).per_myriad is None


class TestSpans:
    def test_alarms_that_overlap_are_one_standstill(self) -> None:
        assert without([hours(5, 8), hours(0, 3), hours(2, 5)], []) == [hours(0, 8)]

    @pytest.mark.req("C20")
    def test_time_without_power_or_water_from_the_site_is_not_the_operators(self) -> None:
        assert without([hours(0, 10)], [hours(2, 3), hours(9, 12)]) == [hours(0, 2), hours(3, 9)]
        assert without([hours(1, 2)], [hours(0, 10)]) == []

    @examples(50)
    @given(one=spans, other=spans)
    def test_what_is_common_and_what_is_left_are_the_whole(
        self, one: list[Span], other: list[Span]
    ) -> None:
        assert total_s(common(one, other)) + total_s(without(one, other)) == total_s(one)


class TestTold:
    """What machines were told of selling, in order, and when their answers came."""

    def test_a_stop_whose_answer_came_late_does_not_begin_the_standstill_later(self) -> None:
        spans = told_to_stop([("stop_sale", at(300)), ("stop_sale", at(0))], at(600))

        assert spans == [Span(at(0), at(600))]

    def test_a_stop_whose_answer_came_after_the_word_to_go_on_is_over(self) -> None:
        found = told_to_stop([("stop_sale", at(300)), ("resume_sale", at(60))], at(600))

        assert total_s(found) == 0
