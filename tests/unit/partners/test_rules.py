"""Terms, shares and statements as functions of values."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapline.errors import InvalidError
from tapline.ledger import Balance
from tapline.outages import Span
from tapline.outages.spans import total_s, without
from tapline.outages.uptime.rules import stops
from tapline.partners.agreements import rules as agreements
from tapline.partners.agreements.rules import Base, Clause, Terms
from tapline.partners.shares import rules as shares
from tapline.partners.statements import rules as statements
from tapline.partners.statements.model import LineKind
from tapline.partners.statements.rules import Due, Line, Stated, Waiver
from tapline.reconciliation import Side
from tests.stateful import examples

PROPERTY, VENDOR, SITE = uuid4(), uuid4(), uuid4()
RENT = Clause(threshold_s=4 * 3600, multiplier=3, base=Base.DAILY_RENT)
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)


class TestTerms:
    def test_what_was_agreed_is_read_as_it_was_written(self) -> None:
        terms = Terms(
            property_id=PROPERTY,
            vendors={"RO-50": VENDOR},
            share_per_mille=125,
            daily_rent_fen=1000,
            matrix={"leak": Side.PROPERTY},
            clauses=(RENT,),
        )

        assert agreements.read(agreements.written(terms)) == terms

    @pytest.mark.req("C21", "H388")
    def test_who_deals_with_a_case_follows_its_category_and_is_us_unless_agreed(self) -> None:
        terms = Terms(matrix={"leak": Side.PROPERTY, "no_water": Side.VENDOR})

        assert terms.responsible("leak") is Side.PROPERTY
        assert terms.responsible("no_water") is Side.VENDOR
        assert terms.responsible("water_quality") is Side.OPERATOR

    def test_a_vendor_answers_for_its_own_hardware_alone(self) -> None:
        terms = Terms(property_id=PROPERTY, vendors={"RO-50": VENDOR})

        assert terms.partner_of(Side.VENDOR, "RO-50") == VENDOR
        assert terms.partner_of(Side.VENDOR, "RO-80") is None
        assert terms.partner_of(Side.VENDOR, None) is None
        assert terms.partner_of(Side.PROPERTY, None) == PROPERTY
        assert terms.partner_of(Side.OPERATOR, "RO-50") is None

    @pytest.mark.parametrize(
        ("document", "said"),
        [
            ({"share_per_mille": 1001, "property_id": str(PROPERTY)}, "0 to 1000"),
            ({"share_per_mille": 1.5}, "cannot be read"),
            ({"share_per_mille": 100}, "choose the property"),
            ({"daily_rent_fen": -1}, "daily rent"),
            ({"matrix": {"leak": "customer"}}, "customer"),
            ({"matrix": {"Leak!": "property"}}, "Leak!"),
            ({"vendor": {}}, "cannot be read"),
            ({"clauses": [{"threshold_s": 1, "multiplier": 3, "base": "daily_rent"}]}, "rent"),
            ({"clauses": [{"threshold_s": 1, "multiplier": 0, "base": "fixed"}]}, "1 to 100"),
            ({"clauses": [{"threshold_s": -1, "multiplier": 1, "base": "fixed"}]}, "31 days"),
            ({"clauses": [{"threshold_s": 1, "multiplier": 1, "base": "fixed"}]}, "amount"),
            ({"clauses": [{"threshold_s": 1, "multiplier": 1, "base": "import os"}]}, "read"),
        ],
    )
    def test_what_cannot_be_kept_is_refused_and_says_why(
        self, document: dict[str, object], said: str
    ) -> None:
        with pytest.raises(InvalidError, match=said):
            agreements.read(document)

    def test_the_latest_version_that_has_begun_holds(self) -> None:
        versions = [
            SimpleNamespace(valid_from=date(2026, 11, day), version=version)
            for day, version in ((1, 1), (10, 2), (10, 3))
        ]

        held = [agreements.in_force(versions, date(2026, 11, day)) for day in (1, 9, 10, 30)]

        assert [one.version if one else None for one in held] == [1, 1, 3, 3]
        assert agreements.in_force(versions, date(2026, 10, 31)) is None

    @pytest.mark.req("C57")
    @pytest.mark.parametrize(
        ("lasted_h", "fen"), [(0, 0), (4, 0), (4.5, 3000), (24, 3000), (24.5, 6000), (72, 9000)]
    )
    def test_beyond_four_hours_out_of_service_three_daily_rents_are_owed_a_day_begun(
        self, lasted_h: float, fen: int
    ) -> None:
        terms = Terms(property_id=PROPERTY, daily_rent_fen=1000, clauses=(RENT,))

        assert agreements.compensation_fen(terms, RENT, int(lasted_h * 3600)) == fen

    def test_a_fixed_clause_pays_its_own_amount(self) -> None:
        clause = Clause(threshold_s=0, multiplier=2, base=Base.FIXED, fixed_fen=700)

        assert agreements.compensation_fen(Terms(clauses=(clause,)), clause, 1) == 1400


class TestShares:
    @pytest.mark.req("U28")
    @given(st.lists(st.integers(-5000, 5000)), st.integers(0, 1000), st.randoms())
    def test_the_days_shares_add_up_to_the_share_of_the_whole_in_any_order(
        self, revenues: list[int], per_mille: int, rng: object
    ) -> None:
        for _ in range(2):
            exact, paid = 0, 0
            for revenue in revenues:
                accrual = shares.accrue(exact, revenue, per_mille)
                exact, paid = accrual.exact, paid + accrual.share_fen
            assert paid == shares.half_up(sum(revenues) * per_mille)
            rng.shuffle(revenues)  # type: ignore[attr-defined]

    def test_a_half_fen_goes_up(self) -> None:
        assert [shares.half_up(n) for n in (499, 500, 1499, 1500, -500, -501)] == [
            0,
            1,
            1,
            2,
            0,
            -1,
        ]

    def test_a_day_ends_at_midnight_in_the_business_zone(self) -> None:
        assert shares.day_end(date(2026, 11, 21)) == datetime(2026, 11, 21, 16, tzinfo=UTC)


def due(subject: str, fen: int, kind: LineKind = LineKind.CHARGEBACK) -> Due:
    return Due(kind=kind, subject=subject, amount_fen=fen, account="exp:recovered", site_id=SITE)


def added(stated: dict[str, Stated], lines: list[Line]) -> dict[str, Stated]:
    """What all statements say once these lines were issued."""
    after = dict(stated)
    for line in lines:
        before = stated.get(line.subject)
        fen = line.amount_fen + (before.due.amount_fen if before else 0)
        kept = replace(due(line.subject, fen, line.kind), facts=line.facts)
        after[line.subject] = Stated(kept, line.revision)
    return after


NIGHT = datetime(2026, 11, 1, 16, tzinfo=UTC)


def hours(start: int, end: int) -> Span:
    return Span(NIGHT + timedelta(hours=start), NIGHT + timedelta(hours=end))


def standstills(down: list[Span], excused: list[Span]) -> list[Due]:
    """A fen for each hour that a machine stood still without an excuse."""
    return [
        Due(
            kind=LineKind.COMPENSATION,
            subject=f"outage:A:{one.stretch.start.isoformat()}:1",
            amount_fen=-one.counted_s // 3600,
            account="exp:compensation",
            site_id=SITE,
            facts={"device": "A", "at": one.stretch.start.isoformat()},
            stretch=one.stretch,
        )
        for one in stops(down, excused)
    ]


spans = st.lists(
    st.tuples(st.integers(0, 48), st.integers(0, 48)).map(lambda two: hours(*sorted(two))),
    max_size=4,
)


class TestStandstills:
    @examples(100)
    @given(down=spans, excuses=st.lists(spans, min_size=1, max_size=4))
    def test_a_closure_moved_afterwards_pays_no_standstill_twice(
        self, down: list[Span], excuses: list[list[Span]]
    ) -> None:
        stated: dict[str, Stated] = {}
        for excused in excuses:
            dues = standstills(down, excused)
            stated = added(stated, statements.lines(dues, stated))
            paid_fen = -sum(one.due.amount_fen for one in stated.values())
            assert paid_fen * 3600 == total_s(without(down, excused))
            assert statements.lines(dues, stated) == []

    @examples(100)
    @given(known=spans, late=spans, excused=spans)
    def test_a_fact_that_came_late_pays_no_standstill_twice(
        self, known: list[Span], late: list[Span], excused: list[Span]
    ) -> None:
        stated = added({}, statements.lines(standstills(known, excused), {}))

        stated = added(stated, statements.lines(standstills(known + late, excused), stated))

        paid_fen = -sum(one.due.amount_fen for one in stated.values())
        assert paid_fen * 3600 == total_s(without(known + late, excused))

    def test_a_machine_that_stood_still_elsewhere_or_under_another_clause_is_another_matter(
        self,
    ) -> None:
        [now] = standstills([hours(0, 10)], [])
        others = [
            replace(now, facts=now.facts | {"device": "B"}),
            replace(now, subject=now.subject[:-1] + "2"),
            replace(now, kind=LineKind.CHARGEBACK),
        ]

        assert now.is_of(now)
        assert not any(now.is_of(other) for other in others)


class TestStatements:
    @given(st.lists(st.dictionaries(st.sampled_from("abcd"), st.integers(-300, 300)), max_size=6))
    def test_all_statements_together_say_what_is_due_however_it_changed(
        self, months: list[dict[str, int]]
    ) -> None:
        stated: dict[str, Stated] = {}
        seen: set[tuple[str, int]] = set()
        for month in months:
            lines = statements.lines([due(name, fen) for name, fen in month.items()], stated)
            stated = added(stated, lines)
            assert {n: s.due.amount_fen for n, s in stated.items() if s.due.amount_fen} == {
                n: fen for n, fen in month.items() if fen
            }
            names = {(line.subject, line.revision) for line in lines}
            assert not names & seen
            seen |= names

    def test_what_was_stated_and_stays_so_is_not_stated_again(self) -> None:
        stated = {"a": Stated(due("a", 100), 1)}

        assert statements.lines([due("a", 100)], stated) == []

    def test_what_was_waived_goes_back_once(self) -> None:
        waived = (Waiver(0, 100),)
        stated = {"a": Stated(due("a", 100), 1, waived)}

        [line] = statements.lines([due("a", 100)], stated)
        assert (line.amount_fen, line.revision) == (-100, 2)

        settled = {"a": Stated(due("a", 0), 2, waived)}
        assert statements.lines([due("a", 100)], settled) == []

    @pytest.mark.parametrize(
        ("due_fen", "owed_fen"), [(150, 100), (180, 130), (120, 100), (60, 60), (0, 0)]
    )
    def test_a_correction_that_was_waived_goes_back_without_what_it_corrected(
        self, due_fen: int, owed_fen: int
    ) -> None:
        stated = {"a": Stated(due("a", 150), 2, (Waiver(100, 50),))}

        assert sum(line.amount_fen for line in statements.lines([due("a", due_fen)], stated)) == (
            owed_fen - 150
        )

    def test_what_we_took_back_and_waived_is_owed_again(self) -> None:
        stated = {"a": Stated(due("a", 0), 2, (Waiver(-300, 300),))}

        [line] = statements.lines([due("a", 0)], stated)
        assert line.amount_fen == -300

    @given(
        st.lists(st.tuples(st.integers(-300, 300), st.booleans()), max_size=6),
        st.integers(-300, 300),
    )
    def test_a_waiver_moves_what_is_owed_by_no_more_than_its_line(
        self, months: list[tuple[int, bool]], last_fen: int
    ) -> None:
        stated = Stated(due("a", 0), 0)
        for fen, is_waived in [*months, (last_fen, False)]:
            for line in statements.lines([due("a", fen)], {"a": stated}):
                before_fen = stated.due.amount_fen
                waiver = (Waiver(before_fen, line.amount_fen),) if is_waived else ()
                kept = replace(due("a", before_fen + line.amount_fen), facts=line.facts)
                stated = Stated(kept, line.revision, stated.waived + waiver)
            if not is_waived:
                assert statements.lines([due("a", fen)], {"a": stated}) == []
        forgiven_fen = abs(last_fen - stated.due.amount_fen)
        assert forgiven_fen <= sum(abs(waiver.amount_fen) for waiver in stated.waived)

    def test_of_a_machine_that_was_moved_the_waived_line_alone_goes_back(self) -> None:
        kept = due("outage:A:now:1", -350, LineKind.COMPENSATION)
        stated = {kept.subject: Stated(kept, 2, (Waiver(-300, -50),))}

        [line] = statements.lines([], stated)

        assert line.amount_fen == 50
        back = replace(kept, amount_fen=-300, facts=line.facts)
        assert statements.lines([], {kept.subject: Stated(back, 3, (Waiver(-300, -50),))}) == []

    def test_a_share_of_an_earlier_month_stays_stated(self) -> None:
        stated = {"share:x": Stated(due("share:x", -100, LineKind.SHARE), 1)}

        assert statements.lines([], stated) == []

    def test_a_line_and_its_settlement_leave_the_partners_account_empty(self) -> None:
        partner_id = UUID(int=1)
        for fen in (500, -500):
            posted = [
                statements.movement(partner_id, LineKind.CHARGEBACK, "exp:recovered", fen),
                statements.settlement(partner_id, fen),
            ]
            sides = [
                line.side
                for one in posted
                for line in one.lines({a: Balance(a.side) for a in one.accounts})
                if line.account.code.startswith("partner:")
            ]
            assert sorted(sides) == ["C", "D"]

    def test_a_changed_fen_changes_the_hash(self) -> None:
        def digest(fen: int) -> bytes:
            lines = statements.lines([due("a", fen)], {})
            return statements.digest(
                statements.canonical(
                    operator_entity="清源饮水服务有限公司",
                    partner_entity="西溪物业有限公司",
                    month=date(2026, 11, 1),
                    total_fen=fen,
                    stated=lines,
                )
            )

        assert digest(100) == digest(100) != digest(101)

    def test_a_month_is_a_month_of_business_days(self) -> None:
        month = statements.month_of(date(2026, 12, 24))

        assert statements.month_last(month) == date(2026, 12, 31)
        assert statements.month_end(month) == datetime(2026, 12, 31, 16, tzinfo=UTC)
