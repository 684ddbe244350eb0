"""Who answers for a finding: proposed on evidence, answered by the side, decided by a person."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tapline import clock, files, partners
from tapline.errors import ConflictError, DeniedError, InvalidError, NotFoundError
from tapline.notices import Notice
from tapline.partners import Standing
from tapline.people import Scope
from tapline.reconciliation import Finding, Side
from tests.integration.partners.cast import CARD, Cast, later, moment

DOT = b"\x89PNG\r\n\x1a\n" + bytes(24)


def objected(cast: Cast, finding: Finding, words: str = "我方当时未停电") -> None:
    photo = files.keep(
        cast.uow, tenant_id="demo", name="表.png", media_type="image/png", content=DOT
    )
    partners.object_to(
        cast.uow,
        scope=cast.own,
        finding_id=finding.finding_id,
        staff=cast.wu,
        words=words,
        file_ids=[photo.file_id],
    )


def decided(cast: Cast, finding: Finding, *, uphold: bool, who: str = "he") -> None:
    partners.decide_objection(
        cast.uow,
        tenant_id="demo",
        finding_id=finding.finding_id,
        uphold=uphold,
        staff=getattr(cast, who),
        reason="配电房记录",
    )


@pytest.mark.req("C20", "U36", "H388")
def test_what_the_evidence_lays_on_a_side_is_proposed_to_its_people_with_two_working_days(
    cast: Cast,
) -> None:
    cast.agreed()
    later(days=3)  # Thursday 10:00

    finding = cast.dry_by_power_cut()

    [(held, shown)] = partners.matters(cast.uow, scope=cast.own, standings=list(Standing))
    assert shown.finding_id == finding.finding_id
    assert (held.standing, held.side) == (Standing.PROPOSED, Side.PROPERTY)
    assert held.partner_id == cast.estate.partner_id
    assert held.deadline == moment("2026-11-09 10:00")  # a weekend lies between


def test_what_is_the_operators_own_is_proposed_to_nobody(cast: Cast) -> None:
    cast.dry(1)

    assert cast.found().side is Side.OPERATOR
    assert not partners.matters(cast.uow, scope=Scope("demo"), standings=list(Standing))


def test_a_manager_of_another_site_sees_and_says_nothing(cast: Cast) -> None:
    finding = cast.dry_by_power_cut()
    elsewhere = Scope("demo", frozenset({cast.other_site.site_id}))

    assert not partners.matters(cast.uow, scope=elsewhere, standings=list(Standing))
    with pytest.raises(NotFoundError):
        partners.object_to(
            cast.uow, scope=elsewhere, finding_id=finding.finding_id, staff=cast.wu, words="不"
        )
    with pytest.raises(NotFoundError):
        partners.matter(cast.uow, scope=Scope("other"), finding_id=finding.finding_id)


@pytest.mark.req("U36", "U28")
@pytest.mark.parametrize(
    ("uphold", "standing"), [(True, Standing.UPHELD), (False, Standing.OVERRULED)]
)
def test_an_objection_with_a_photo_is_decided_by_a_supervisor_with_a_reason(
    cast: Cast, uphold: bool, standing: Standing
) -> None:
    finding = cast.dry_by_power_cut()

    with pytest.raises(ConflictError, match="may still answer"):
        decided(cast, finding, uphold=uphold)
    with pytest.raises(InvalidError):
        partners.object_to(
            cast.uow, scope=cast.own, finding_id=finding.finding_id, staff=cast.wu, words=" "
        )
    objected(cast, finding)
    with pytest.raises(DeniedError):
        decided(cast, finding, uphold=uphold, who="cai")
    decided(cast, finding, uphold=uphold)

    assert cast.standing(finding) is standing
    with pytest.raises(ConflictError):
        objected(cast, finding)


@pytest.mark.req("U36")
def test_silence_is_unanswered_and_an_answer_that_comes_late_is_still_heard(cast: Cast) -> None:
    finding = cast.dry_by_power_cut()
    later(days=1)
    assert partners.sweep_unanswered(cast.uow, tenant_id="demo") == 0
    later(days=1)
    assert partners.sweep_unanswered(cast.uow, tenant_id="demo") == 1

    assert cast.standing(finding) is Standing.UNANSWERED
    objected(cast, finding)
    assert cast.standing(finding) is Standing.OBJECTED


def test_the_property_agrees_for_itself_and_nobody_does_it_for_it(cast: Cast) -> None:
    finding = cast.dry_by_power_cut()
    desk = Scope("demo")

    with pytest.raises(DeniedError):
        partners.agree(
            cast.uow, scope=desk, finding_id=finding.finding_id, staff=cast.he, words="电话"
        )
    partners.agree(cast.uow, scope=cast.own, finding_id=finding.finding_id, staff=cast.wu)

    assert cast.standing(finding) is Standing.AGREED


def test_whoever_holds_another_side_to_answer_does_not_decide_on_it(cast: Cast) -> None:
    cast.agreed()
    cast.dry(1)
    finding = cast.found()
    for who in (cast.he, cast.lin):
        with pytest.raises((InvalidError, ConflictError)):
            partners.propose_side(
                cast.uow,
                tenant_id="demo",
                finding_id=finding.finding_id,
                side=Side.OPERATOR,
                staff=who,
                reason="x",
            )
    partners.propose_side(
        cast.uow,
        tenant_id="demo",
        finding_id=finding.finding_id,
        side=Side.VENDOR,
        staff=cast.he,
        reason="同批次阀门",
    )
    held = cast.matter(finding).responsibility
    assert (held.side, held.partner_id) == (Side.VENDOR, cast.vendor.partner_id)
    partners.object_to(
        cast.uow,
        scope=Scope("demo"),
        finding_id=finding.finding_id,
        staff=cast.lin,
        words="厂商来函:安装不当",
    )

    with pytest.raises(DeniedError, match="colleague"):
        decided(cast, finding, uphold=False)
    assert not partners.matters(cast.uow, scope=cast.own, standings=list(Standing))


@pytest.mark.req("U28")
def test_both_sides_see_one_evidence_clock_and_it_names_no_card(cast: Cast) -> None:
    finding = cast.dry_by_power_cut()
    later(hours=1)
    objected(cast, finding)

    shown = partners.evidence_clock(cast.uow, scope=cast.own, finding_id=finding.finding_id)

    assert shown == partners.evidence_clock(
        cast.uow, scope=Scope("demo"), finding_id=finding.finding_id
    )
    assert [one.at for one in shown] == sorted(one.at for one in shown)
    assert {one.what for one in shown} >= {
        "mains_lost",
        "clock:reported",
        "clock:found",
        "standing:proposed",
        "standing:objected",
    }
    assert CARD not in repr(shown)


def test_a_finding_that_turns_out_otherwise_is_withdrawn_and_asked_again_when_it_returns(
    cast: Cast,
) -> None:
    finding = cast.dry_by_power_cut()
    finding.retracted_at = clock.now()
    for _ in range(2):
        partners.on_finding(cast.uow, tenant_id="demo", finding_id=finding.finding_id)
    assert cast.standing(finding) is Standing.WITHDRAWN

    finding.retracted_at = None
    partners.on_finding(cast.uow, tenant_id="demo", finding_id=finding.finding_id)
    assert cast.standing(finding) is Standing.PROPOSED


def test_what_was_said_cannot_be_changed_in_the_database(cast: Cast) -> None:
    cast.dry_by_power_cut()

    with pytest.raises(DBAPIError, match="append-only"), cast.uow.session.begin_nested():
        cast.uow.session.execute(text("update responsibility_step set words = 'x'"))


@pytest.mark.req("U36")
def test_a_side_is_told_once_the_morning_after_what_is_proposed_and_later_what_was_decided(
    cast: Cast,
) -> None:
    cast.agreed()
    cast.estate.phone = "13900139000"
    finding = cast.dry_by_power_cut()
    cast.dry(2)

    assert texts(cast) == [], "not before the next morning"
    later(days=1)
    (told,) = texts(cast)
    assert "有 1 项异常建议由贵方承担" in told
    assert "请登录物业端查看" in told
    later(hours=1)
    assert len(texts(cast)) == 1

    objected(cast, finding)
    decided(cast, finding, uphold=True)
    later(days=1)
    assert "1 项已裁定异议成立" in texts(cast)[-1]
    later(days=1)
    assert len(texts(cast)) == 2


def texts(cast: Cast) -> list[str]:
    """What the property was sent so far, after the sweep of this moment."""
    partners.tell_partners(cast.uow, tenant_id="demo")
    told = select(Notice.text).where(Notice.recipient == "13900139000")
    return list(cast.uow.session.scalars(told.order_by(Notice.notice_id)))
