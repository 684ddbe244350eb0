"""The purse on a card: money and a counter, changed by nothing but a terminal's write."""

from typing import NamedTuple

import msgspec
from msgspec import Struct

from tapline_sim.store import Store


class Stop(Struct, frozen=True, array_like=True):
    """Where a card last poured: device, nozzle, and when (Unix seconds)."""

    device_id: str
    nozzle: int
    at_s: float


class Purse(Struct, frozen=True, kw_only=True):
    """One card. `atc` counts its writes, `taps` its debits, `calm` those since its chain was put to
    the test, `earlier` is balance and `atc` before its last debit. Money is integer fen. A purse is
    a value: what was not stored did not happen to it.

    Of a card whose balance is online (`id`, `qr`) this is not the balance, which only the platform
    knows, but what was drawn of what it opened with.
    """

    no: str
    kind: str
    balance_fen: int
    atc: int = 0
    taps: int = 0
    calm: int = 0
    stops: tuple[Stop, ...] = ()
    earlier: tuple[int, int] | None = None
    key_hex: str | None = None

    @property
    def is_online(self) -> bool:
        """Whether its money is with the platform, which is asked before the valve opens."""
        return self.kind in {"id", "qr"}

    def debited(self, amount_fen: int) -> "Purse":
        """The purse after a debit; ValueError when it holds less."""
        if self.is_online:
            return msgspec.structs.replace(self, balance_fen=self.balance_fen - amount_fen)
        if amount_fen > self.balance_fen:
            raise ValueError(f"card {self.no} holds {self.balance_fen} fen, not {amount_fen}")
        earlier = (self.balance_fen, self.atc)
        return msgspec.structs.replace(self._written(-amount_fen), earlier=earlier)

    def loaded(self, amount_fen: int) -> "Purse":
        """The purse after a voucher was written to it."""
        return self._written(amount_fen)

    def _written(self, change_fen: int) -> "Purse":
        balance_fen = self.balance_fen + change_fen
        return msgspec.structs.replace(self, balance_fen=balance_fen, atc=self.atc + 1)


class Voucher(NamedTuple):
    """Money that waits for a card: the voucher's id and its amount in fen."""

    load: str
    amount_fen: int


class Purses:
    """Every card of the run, in memory, and in the store as of its last completed write."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._purses = {
            no: msgspec.json.decode(body, type=Purse)
            for no, body in store.rows("SELECT no, body FROM purse")
        }

    def __contains__(self, no: str) -> bool:
        return no in self._purses

    def __getitem__(self, no: str) -> Purse:
        return self._purses[no]

    def numbers(self) -> list[str]:
        """The numbers of all cards."""
        return list(self._purses)

    def save(self, purse: Purse) -> None:
        """Write a card; belongs into the transaction of what happened to it."""
        self._store.run(
            "INSERT INTO purse (no, body) VALUES (?, ?)"
            " ON CONFLICT (no) DO UPDATE SET body = excluded.body",
            purse.no,
            msgspec.json.encode(purse),
        )
        self._purses[purse.no] = purse

    def first_write(self, voucher: Voucher) -> bool:
        """Remember that a voucher is being written; False when it was before."""
        return self._store.run("INSERT OR IGNORE INTO voucher (load) VALUES (?)", voucher.load) == 1
