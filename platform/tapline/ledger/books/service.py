"""Questions to the books. Nothing here locks or writes."""

from collections.abc import Iterator, Sequence

from tapline.errors import InvalidError, NotFoundError
from tapline.ledger import chart
from tapline.ledger.books.repository import BooksRepository, ExportedEntry
from tapline.ledger.books.rules import CardBalance, Days, Journal, StatementLine, TrialRow
from tapline.ledger.chart import Account
from tapline.ledger.rules import Balance
from tapline.uow import UnitOfWork


def balances(
    uow: UnitOfWork, *, tenant_id: str, codes: Sequence[str], unit: str = chart.FEN
) -> dict[str, Balance]:
    """The balances of `codes`, in fen or `unit`; an account that was never opened is absent."""
    return BooksRepository(uow, tenant_id).balances(codes, unit)


def card(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> CardBalance:
    """The money of one card; a card that never moved any holds nothing."""
    return cards(uow, tenant_id=tenant_id, card_nos=[card_no])[card_no]


def cards(uow: UnitOfWork, *, tenant_id: str, card_nos: Sequence[str]) -> dict[str, CardBalance]:
    """The money of many cards, in one question."""
    accounts = {card_no: chart.card(card_no) for card_no in card_nos}
    codes = [account.code for card in accounts.values() for account in card]
    found = balances(uow, tenant_id=tenant_id, codes=codes)
    return {card_no: CardBalance.of(card, found) for card_no, card in accounts.items()}


def counterparts(uow: UnitOfWork, *, tenant_id: str, card_nos: Sequence[str]) -> dict[str, int]:
    """What each account gave these cards, in fen, net of what it took: together their balance.

    What moved between them is none of it: a card and those that it replaced are asked together.
    Positive where money was paid in or bonus granted, negative where water was drawn or money
    paid back. Independent of the order in which these arrived, and of what is held.
    """
    codes = [account.code for card_no in card_nos for account in chart.card(card_no)]
    return BooksRepository(uow, tenant_id).counterparts(codes)


def trial(uow: UnitOfWork, *, tenant_id: str) -> list[TrialRow]:
    """Every account with entries, in order of code: per unit, debits equal credits."""
    return BooksRepository(uow, tenant_id).trial()


def statement(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    code: str,
    unit: str = chart.FEN,
    limit: int = 50,
    before: int | None = None,
    days: Days | None = None,
) -> list[StatementLine]:
    """The newest `limit` entries of an account, newest first; `before` a version, to page on; of
    those `days` alone on which they were recorded."""
    return BooksRepository(uow, tenant_id).statement(code, unit, limit, before, days)


def journal(uow: UnitOfWork, *, tenant_id: str, journal_id: int) -> Journal:
    """One journal with its lines; `NotFoundError` where the tenant has none such."""
    found = BooksRepository(uow, tenant_id).journal(journal_id=journal_id)
    if found is None:
        raise NotFoundError(f"no journal {journal_id}")
    return found


def journal_of(uow: UnitOfWork, *, tenant_id: str, key: str) -> Journal:
    """The journal under `key`; `NotFoundError` where nothing was posted under it."""
    found = BooksRepository(uow, tenant_id).journal(key=key)
    if found is None:
        raise NotFoundError(f"nothing was posted under key {key!r}")
    return found


def named(uow: UnitOfWork, *, tenant_id: str, code: str, unit: str = chart.FEN) -> Account:
    """The account that somebody names by its code: one that is open, or that the chart knows.

    Raises `InvalidError` for any other: a typing mistake opens no account.
    """
    found = BooksRepository(uow, tenant_id).named(code, unit)
    known = (one for one in chart.KNOWN if (one.code, one.unit) == (code, unit))
    account = found or next(known, None)
    if account is None:
        raise InvalidError(f"no account {code!r} in {unit}: take one from the trial balance")
    return account


def entries_for_keys(
    uow: UnitOfWork, *, tenant_id: str, keys: Sequence[str]
) -> dict[str, list[StatementLine]]:
    """The lines posted under each key; a key never posted has none."""
    return BooksRepository(uow, tenant_id).entries_for_keys(keys)


def export_entries(uow: UnitOfWork) -> Iterator[ExportedEntry]:
    """Every entry of every tenant in order of journal, streamed."""
    return BooksRepository.export(uow)
