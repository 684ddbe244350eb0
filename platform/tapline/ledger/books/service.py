"""Questions to the books. Nothing here locks or writes."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from tapline.ledger import chart
from tapline.ledger.books.repository import BooksRepository, ExportedEntry
from tapline.ledger.books.rules import CardBalance, Residue, StatementLine, TrialRow
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


def counterparts(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> dict[str, int]:
    """What each account gave a card, in fen, net of what it took: together the card's balance.

    Positive where money was paid in or bonus granted, negative where water was drawn or money
    paid back. Independent of the order in which these arrived, and of what is held.
    """
    codes = [account.code for account in chart.card(card_no)]
    return BooksRepository(uow, tenant_id).counterparts(codes)


def trial(uow: UnitOfWork, *, tenant_id: str) -> list[TrialRow]:
    """Every account with entries, in order of code: per unit, debits equal credits."""
    return BooksRepository(uow, tenant_id).trial()


def statement(
    uow: UnitOfWork, *, tenant_id: str, code: str, limit: int = 50, before: int | None = None
) -> list[StatementLine]:
    """The newest `limit` entries of an account, newest first; `before` a version, to page on."""
    return BooksRepository(uow, tenant_id).statement(code, limit, before)


def entries_for_keys(
    uow: UnitOfWork, *, tenant_id: str, keys: Sequence[str]
) -> dict[str, list[StatementLine]]:
    """The lines posted under each key; a key never posted has none."""
    return BooksRepository(uow, tenant_id).entries_for_keys(keys)


def explain(uow: UnitOfWork, *, tenant_id: str, code: str) -> list[Residue]:
    """What a clearing or suspense account holds, by subject, oldest first; together its balance."""
    return BooksRepository(uow, tenant_id).explain(code)


def expired_holds(uow: UnitOfWork, *, tenant_id: str, at: datetime, limit: int = 500) -> list[str]:
    """Keys of unresolved holds whose time was over at `at`, oldest first: void them."""
    return BooksRepository(uow, tenant_id).expired_holds(at, limit)


def export_entries(uow: UnitOfWork) -> Iterator[ExportedEntry]:
    """Every entry of every tenant in order of journal, streamed."""
    return BooksRepository.export(uow)
