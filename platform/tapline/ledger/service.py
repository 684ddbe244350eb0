"""The one way to post."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from tapline.errors import NotFoundError
from tapline.ledger import chart
from tapline.ledger.chart import Account
from tapline.ledger.commands import Command, Posted
from tapline.ledger.holds import Resolution
from tapline.ledger.repository import Draft, HeldJournal, LedgerRepository, Recorded
from tapline.ledger.rules import Balances, HoldResolvedError, KeyReusedError, Line, entered
from tapline.uow import UnitOfWork


def post(uow: UnitOfWork, *, tenant_id: str, commands: Sequence[Command]) -> list[Posted]:
    """Post `commands` in order, all or none; the answers stand in the same order.

    A key posted before is a replay and moves nothing. Raises `KeyReusedError` when it stood for
    another command, `InsufficientError` when a decision lacks money, `HoldResolvedError` or
    `NotFoundError` when its hold is gone; nothing is written then. Two transactions that race for
    a key on different accounts meet at its unique index: the later fails and is to be run again.
    """
    if not commands:
        return []
    ledger = LedgerRepository(uow, tenant_id)
    holds = ledger.holds(_holds_named(commands))
    balances = ledger.lock(_accounts(commands, holds))
    # Looked up under the locks: a rival that posted the same key first has committed by now.
    recorded, journal_ids = ledger.recorded([command.key for command in commands])
    resolved = ledger.resolved([hold.journal_id for hold in holds.values()])
    batch = _Batch(balances, holds, resolved, journal_ids)
    answers = [batch.answer(command, recorded) for command in commands]
    ledger.write(batch.drafts, balances)
    return answers


def lock(uow: UnitOfWork, *, tenant_id: str, accounts: Collection[Account]) -> None:
    """Keep everybody else from posting to these accounts until the transaction ends: what is read
    of them after this stays so."""
    cards = {account: chart.card_of(account) for account in accounts}
    named = {card.principal if card else account for account, card in cards.items()}
    LedgerRepository(uow, tenant_id).lock(named)


class _Batch:
    """Journals computed one after the other from the running balances."""

    def __init__(
        self,
        balances: Balances,
        holds: dict[str, HeldJournal],
        resolved: set[int],
        journal_ids: Iterator[int],
    ) -> None:
        self.drafts: list[Draft] = []
        self._balances = balances
        self._holds = holds
        self._resolved = resolved
        self._journal_ids = journal_ids

    def answer(self, command: Command, recorded: dict[str, Recorded]) -> Posted:
        """Draft the command's journal, unless its key is recorded."""
        command_hash = command.hash
        before = recorded.get(command.key)
        if before is None:
            journal_id = next(self._journal_ids)
            self._draft(command, command_hash, journal_id)
            recorded[command.key] = Recorded(journal_id, command_hash)
            return Posted(command.key, journal_id, replayed=False)
        if before.command_hash != command_hash:
            raise KeyReusedError(
                f"key {command.key} was used for another command; a new command needs a new key"
            )
        return Posted(command.key, before.journal_id, replayed=True)

    def _draft(self, command: Command, command_hash: bytes, journal_id: int) -> None:
        movement = command.movement
        parent_id = None
        if isinstance(movement, Resolution):
            hold = self._release(movement.hold)
            parent_id = hold.journal_id
            lines = movement.lines(self._balances, hold.lines)
        else:
            lines = movement.lines(self._balances)
        pending = movement.phase == "pending"
        if pending:
            self._holds[command.key] = HeldJournal(journal_id, tuple(lines))
        entries = entered(self._balances, lines, pending=pending)
        self.drafts.append(Draft(command, command_hash, journal_id, parent_id, entries))

    def _release(self, key: str) -> HeldJournal:
        hold = self._holds.get(key)
        if hold is None:
            raise NotFoundError(f"no hold was placed under key {key}")
        if hold.journal_id in self._resolved:
            raise HoldResolvedError(f"hold {key} was posted or voided before")
        self._resolved.add(hold.journal_id)
        for line in hold.lines:
            self._balances[line.account].reserve(line.side, -line.amount)
        return hold


def _holds_named(commands: Iterable[Command]) -> list[str]:
    return [c.movement.hold for c in commands if isinstance(c.movement, Resolution)]


def _accounts(commands: Sequence[Command], holds: Mapping[str, HeldJournal]) -> set[Account]:
    """What the batch locks: for its movements, and for the holds that they end."""
    accounts = {account for command in commands for account in command.movement.accounts}
    held: Iterable[Line] = (line for hold in holds.values() for line in hold.lines)
    for line in held:
        card = chart.card_of(line.account)
        accounts.add(card.principal if card else line.account)
    return accounts
