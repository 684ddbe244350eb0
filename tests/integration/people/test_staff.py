"""Accounts of staff: passwords, roles, sites, sessions."""

from datetime import UTC, datetime, timedelta

import pytest

from tapline import clock, people, sites
from tapline.errors import ConflictError, DeniedError, InvalidError, TooManyError
from tapline.people import Attempts, Role, Scope
from tapline.sites import Site, SiteKind
from tapline.uow import UnitOfWork

NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


def _site(uow: UnitOfWork, tenant_id: str, code: str) -> Site:
    return sites.create(
        uow,
        tenant_id=tenant_id,
        code=code,
        name=code,
        name_en=code,
        kind=SiteKind.CAMPUS,
        address="",
        x=1,
        y=1,
    )


def test_a_new_account_gets_a_password_of_its_own_that_is_stored_nowhere(
    uow: UnitOfWork, tenant_id: str
) -> None:
    first, password = people.create_staff(
        uow, tenant_id=tenant_id, login="lin", name="林", role=Role.AGENT
    )
    _, other = people.create_staff(uow, tenant_id=tenant_id, login="he", name="何", role=Role.AGENT)

    assert password != other
    assert password not in first.password_hash
    assert people.verified(uow, login=" LIN ", password=password) is first


def test_a_wrong_password_an_unknown_login_and_a_disabled_account_are_alike(
    uow: UnitOfWork, tenant_id: str
) -> None:
    gone, password = people.create_staff(
        uow, tenant_id=tenant_id, login="gone", name="走", role=Role.AGENT
    )
    gone.disabled_at = clock.now()

    assert people.verified(uow, login="gone", password=password) is None
    assert people.verified(uow, login="gone", password="wrong") is None
    assert people.verified(uow, login="nobody", password=password) is None


def test_a_login_is_unique_among_all_operators(uow: UnitOfWork, tenant_id: str) -> None:
    people.create_staff(uow, tenant_id=tenant_id, login="lin", name="林", role=Role.AGENT)

    with pytest.raises(ConflictError):
        people.create_staff(uow, tenant_id=tenant_id, login="lin", name="另", role=Role.ADMIN)


def test_only_property_managers_have_sites(uow: UnitOfWork, tenant_id: str) -> None:
    own, _ = (_site(uow, tenant_id, code) for code in ("A", "B"))
    manager, _ = people.create_staff(
        uow,
        tenant_id=tenant_id,
        login="wu",
        name="吴",
        role=Role.MANAGER,
        site_ids=[own.site_id],
    )
    agent, _ = people.create_staff(
        uow, tenant_id=tenant_id, login="lin", name="林", role=Role.AGENT
    )

    assert people.scope_of(uow, member=manager) == Scope(tenant_id, frozenset({own.site_id}))
    assert people.scope_of(uow, member=agent) == Scope(tenant_id, None)
    with pytest.raises(InvalidError):
        people.create_staff(uow, tenant_id=tenant_id, login="x1", name="x", role=Role.MANAGER)


def test_a_session_lives_while_it_is_used_and_ends_when_left_alone(
    uow: UnitOfWork, tenant_id: str
) -> None:
    member, _ = people.create_staff(
        uow, tenant_id=tenant_id, login="lin", name="林", role=Role.AGENT
    )
    with clock.frozen(NOON):
        token = people.open_for(uow, person=member, address="10.0.0.1")
        for _ in range(3):
            clock.advance(timedelta(minutes=90))
            assert people.resume(uow, token=token) is not None
        clock.advance(timedelta(minutes=121))

        assert people.resume(uow, token=token) is None


def test_a_session_ends_after_a_shift_however_much_it_is_used(
    uow: UnitOfWork, tenant_id: str
) -> None:
    member, _ = people.create_staff(
        uow, tenant_id=tenant_id, login="lin", name="林", role=Role.AGENT
    )
    with clock.frozen(NOON):
        token = people.open_for(uow, person=member, address="10.0.0.1")
        alive = []
        for _ in range(15):
            clock.advance(timedelta(hours=1))
            alive.append(people.resume(uow, token=token) is not None)

    assert alive == [True] * 13 + [False] * 2


def test_changing_the_password_ends_every_session(uow: UnitOfWork, tenant_id: str) -> None:
    member, old = people.create_staff(
        uow, tenant_id=tenant_id, login="lin", name="林", role=Role.AGENT
    )
    tokens = [people.open_for(uow, person=member, address="10.0.0.1") for _ in range(2)]

    with pytest.raises(DeniedError):
        people.change_password(uow, member=member, old="wrong", new="a new one, long")
    with pytest.raises(InvalidError):
        people.change_password(uow, member=member, old=old, new="short")
    people.change_password(uow, member=member, old=old, new="a new one, long")

    assert [people.resume(uow, token=token) for token in tokens] == [None, None]
    assert people.verified(uow, login="lin", password="a new one, long") is member


def test_guessing_is_stopped_for_the_guesser_and_not_for_his_victim() -> None:
    attempts = Attempts()
    for _ in range(5):
        attempts.check(login="lin", address="6.6.6.6")
        attempts.failed(login="lin", address="6.6.6.6")

    with pytest.raises(TooManyError) as refusal:
        attempts.check(login="lin", address="6.6.6.6")
    assert 0 < refusal.value.retry_s <= 15 * 60
    attempts.check(login="lin", address="10.0.0.1")


def test_while_the_shared_counter_is_away_guessing_is_still_stopped_and_nobody_is_shut_out() -> (
    None
):
    attempts = Attempts("redis://127.0.0.1:1/0")  # nothing listens there
    attempts.check(login="lin", address="6.6.6.6")
    for _ in range(5):
        attempts.failed(login="lin", address="6.6.6.6")

    with pytest.raises(TooManyError):
        attempts.check(login="lin", address="6.6.6.6")
    attempts.check(login="he", address="10.0.0.1")
