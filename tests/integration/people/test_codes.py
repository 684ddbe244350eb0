"""One-time codes: what a customer proves a phone by, and what a guesser runs into."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from tapline import clock, people
from tapline.errors import ConflictError, InvalidError, TooManyError
from tapline.uow import Database, UnitOfWork
from tests import factories

PHONE = "13800138000"
NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


@pytest.fixture
def customer(uow: UnitOfWork, tenant_id: str) -> people.Customer:
    return people.create_customer(uow, tenant_id=tenant_id, phone=PHONE, name="王")


def _ask(uow: UnitOfWork, phone: str = PHONE, address: str = "10.0.0.1") -> str | None:
    return people.ask_code(uow, tenant_id="demo", phone=phone, address=address)


def _redeem(uow: UnitOfWork, code: str | None) -> people.Customer | None:
    return people.redeem_code(uow, tenant_id="demo", phone=PHONE, code=code or "")


def test_a_code_opens_once(uow: UnitOfWork, customer: people.Customer) -> None:
    code = _ask(uow)

    assert _redeem(uow, code) is customer
    assert _redeem(uow, code) is None


def test_a_code_ends_after_five_minutes(uow: UnitOfWork, customer: people.Customer) -> None:
    with clock.frozen(NOON):
        code = _ask(uow)
        clock.advance(timedelta(minutes=5))

        assert _redeem(uow, code) is None


def test_only_the_newest_code_holds(uow: UnitOfWork, customer: people.Customer) -> None:
    with clock.frozen(NOON):
        first = _ask(uow)
        clock.advance(timedelta(seconds=1))
        second = _ask(uow)

    assert first == second or _redeem(uow, first) is None
    with clock.frozen(NOON + timedelta(seconds=2)):
        assert _redeem(uow, second) is customer


def test_after_five_wrong_guesses_the_right_code_does_not_help(
    uow: UnitOfWork, customer: people.Customer
) -> None:
    code = _ask(uow)
    wrong = "000000" if code != "000000" else "000001"
    for _ in range(5):
        assert _redeem(uow, wrong) is None

    assert _redeem(uow, code) is None


def test_guesses_made_at_once_are_counted_one_by_one(fresh_database: Database) -> None:
    with fresh_database.transaction() as uow:
        factories.tenant(uow)
        people.create_customer(uow, tenant_id="demo", phone=PHONE, name="王")
        code = _ask(uow)
    wrong = "000000" if code != "000000" else "000001"

    def guess(_: int) -> None:
        with fresh_database.transaction() as uow:
            _redeem(uow, wrong)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(guess, range(8)))

    with fresh_database.transaction() as uow:
        assert _redeem(uow, code) is None


def test_an_unknown_phone_is_limited_like_a_known_one(
    uow: UnitOfWork, customer: people.Customer
) -> None:
    told = {}
    for phone in (PHONE, "13911112222"):
        asked = [_ask(uow, phone, address=f"10.0.0.{n}") for n in range(5)]
        with pytest.raises(TooManyError) as refusal:
            _ask(uow, phone, address="10.0.0.9")
        told[phone] = (len(asked), str(refusal.value))

    assert told[PHONE] == told["13911112222"]


def test_one_address_cannot_ask_for_a_whole_city(uow: UnitOfWork, tenant_id: str) -> None:
    for number in range(20):
        _ask(uow, f"139{number:08d}", address="6.6.6.6")

    with pytest.raises(TooManyError):
        _ask(uow, "13800000000", address="6.6.6.6")


@pytest.mark.parametrize("written", ["138 0013 8000", "+86 13800138000", "0086-138-0013-8000"])
def test_a_phone_is_recognised_however_it_is_written(written: str) -> None:
    assert people.phone_number(written) == PHONE


@pytest.mark.parametrize("written", ["", "1380013800", "23800138000", "138001380001", "警察"])
def test_what_is_no_mobile_number_is_refused(written: str) -> None:
    with pytest.raises(InvalidError):
        people.phone_number(written)


def test_a_phone_belongs_to_one_customer(uow: UnitOfWork, customer: people.Customer) -> None:
    with pytest.raises(ConflictError):
        people.create_customer(uow, tenant_id="demo", phone="138 0013 8000", name="李")
