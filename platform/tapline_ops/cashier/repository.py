"""The cashier's books: one SQLite file that survives whatever kills the process."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from tapline.payments import RefundReport, RefundStatus, Trade, TradeStatus
from tapline_ops.cashier.behaviour import Notify, Refunding


class TradeRow(NamedTuple):
    """An order as the cashier keeps it."""

    number: int
    provider: str
    tenant_id: str
    merchant: str
    out_trade_no: str
    provider_trade_no: str
    amount_fen: int
    title: str
    return_url: str
    expires_at: datetime
    status: TradeStatus
    paid_at: datetime | None
    payer: str | None
    notify: Notify
    refunding: Refunding

    def told(self) -> Trade:
        """What its merchant may know."""
        paid = self.status is TradeStatus.PAID
        return Trade(
            out_trade_no=self.out_trade_no,
            status=self.status,
            amount_fen=self.amount_fen,
            provider_trade_no=self.provider_trade_no if paid else None,
            paid_at=self.paid_at,
            payer=self.payer,
        )


class RefundRow(NamedTuple):
    """A refund as the cashier keeps it; `outcome` is what it comes to at `ends_at`."""

    provider: str
    out_refund_no: str
    provider_refund_no: str
    number: int
    amount_fen: int
    status: RefundStatus
    outcome: RefundStatus
    created_at: datetime
    ends_at: datetime
    at: datetime | None

    def told(self) -> RefundReport:
        """What its merchant may know."""
        abnormal = self.status is RefundStatus.ABNORMAL
        return RefundReport(
            out_refund_no=self.out_refund_no,
            status=self.status,
            amount_fen=self.amount_fen,
            provider_refund_no=self.provider_refund_no,
            at=self.at,
            reason="the payer's account cannot be credited" if abnormal else "",
        )


class DeliveryRow(NamedTuple):
    """A notification on its way; without `due_at` it has arrived or was given up."""

    delivery: int
    notice_id: str
    provider: str
    tenant_id: str
    body: bytes
    due_at: datetime | None
    attempts: int
    answer: str


class Books:
    """Named questions to the file. Use it inside `transaction`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._one_at_a_time = threading.RLock()
        self._file = sqlite3.connect(
            folder / "cashier.sqlite", isolation_level=None, check_same_thread=False
        )
        self._file.execute("pragma journal_mode = wal")
        self._file.execute("pragma synchronous = full")
        schema = resources.files("tapline_ops.cashier") / "schema.sql"
        self._file.executescript(schema.read_text("utf-8"))

    def close(self) -> None:
        self._file.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the block or nothing, alone."""
        with self._one_at_a_time:
            self._file.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._file.execute("rollback")
                raise
            self._file.execute("commit")

    def next_number(self) -> int:
        return int(self._one("select coalesce(max(number), 0) + 1 from trade")[0])

    def add_trade(self, trade: TradeRow) -> None:
        self._insert("trade", trade)

    def trade(self, provider: str, out_trade_no: str) -> TradeRow | None:
        return self._trade("provider = ? and out_trade_no = ?", provider, out_trade_no)

    def trade_known_as(self, provider: str, provider_trade_no: str) -> TradeRow | None:
        return self._trade("provider = ? and provider_trade_no = ?", provider, provider_trade_no)

    def trade_numbered(self, number: int) -> TradeRow | None:
        return self._trade("number = ?", number)

    def trade_at_page(self, out_trade_no: str) -> TradeRow | None:
        """An order by the address of its cashier page; the number is not to be guessed."""
        return self._trade("out_trade_no = ?", out_trade_no)

    def change_trade(self, trade: TradeRow) -> None:
        self._file.execute(
            "update trade set status = ?, paid_at = ?, payer = ?, notify = ?, refunding = ?"
            " where number = ?",
            (
                trade.status,
                _stored(trade.paid_at),
                trade.payer,
                trade.notify,
                trade.refunding,
                trade.number,
            ),
        )

    def newest_trades(self, limit: int) -> Sequence[TradeRow]:
        rows = self._all("select * from trade order by number desc limit ?", limit)
        return [_trade_row(row) for row in rows]

    def add_refund(self, refund: RefundRow) -> None:
        self._insert("refund", refund)

    def refund(self, provider: str, out_refund_no: str) -> RefundRow | None:
        found = self._one(
            "select * from refund where provider = ? and out_refund_no = ?", provider, out_refund_no
        )
        return _refund_row(found) if found else None

    def refunds_of(self, number: int) -> Sequence[RefundRow]:
        rows = self._all("select * from refund where number = ? order by created_at", number)
        return [_refund_row(row) for row in rows]

    def newest_refunds(self, limit: int) -> Sequence[RefundRow]:
        rows = self._all("select * from refund order by created_at desc limit ?", limit)
        return [_refund_row(row) for row in rows]

    def trades_paid_between(
        self, provider: str, tenant_id: str, first: datetime, last: datetime
    ) -> Sequence[TradeRow]:
        """From `first` until before `last`."""
        rows = self._all(
            "select * from trade where provider = ? and tenant_id = ? and status = 'paid'"
            " and paid_at >= ? and paid_at < ? order by number",
            *(provider, tenant_id, _stored(first), _stored(last)),
        )
        return [_trade_row(row) for row in rows]

    def refunds_made_between(
        self, provider: str, tenant_id: str, first: datetime, last: datetime
    ) -> Sequence[RefundRow]:
        """From `first` until before `last`."""
        rows = self._all(
            "select refund.* from refund join trade using (number) where refund.provider = ?"
            " and tenant_id = ? and refund.status = 'succeeded' and at >= ? and at < ?"
            " order by at",
            *(provider, tenant_id, _stored(first), _stored(last)),
        )
        return [_refund_row(row) for row in rows]

    def spoil(self, provider: str, tenant_id: str, day: date, wrongs: Sequence[str]) -> None:
        """Let these be what is wrong with a bill."""
        bill = (provider, tenant_id, day.isoformat())
        self._file.execute(
            "delete from spoilt_bill where provider = ? and tenant_id = ? and day = ?", bill
        )
        self._file.executemany(
            "insert into spoilt_bill values (?, ?, ?, ?)", [(*bill, one) for one in wrongs]
        )

    def wrongs(self, provider: str, tenant_id: str, day: date) -> Sequence[str]:
        """What is wrong with a bill."""
        rows = self._all(
            "select wrong from spoilt_bill where provider = ? and tenant_id = ? and day = ?",
            *(provider, tenant_id, day.isoformat()),
        )
        return [row[0] for row in rows]

    def refunds_running_until(self, now: datetime) -> Sequence[RefundRow]:
        rows = self._all(
            "select * from refund where status = 'processing' and ends_at <= ?", _stored(now)
        )
        return [_refund_row(row) for row in rows]

    def change_refund(self, refund: RefundRow) -> None:
        self._file.execute(
            "update refund set status = ?, at = ? where provider = ? and out_refund_no = ?",
            (refund.status, _stored(refund.at), refund.provider, refund.out_refund_no),
        )

    def add_delivery(
        self, notice_id: str, provider: str, tenant_id: str, body: bytes, due_at: datetime
    ) -> None:
        self._file.execute(
            "insert into delivery (notice_id, provider, tenant_id, body, due_at)"
            " values (?, ?, ?, ?, ?)",
            (notice_id, provider, tenant_id, body, _stored(due_at)),
        )

    def deliveries_due(self, now: datetime) -> Sequence[DeliveryRow]:
        rows = self._all(
            "select * from delivery where due_at <= ? order by due_at, delivery", _stored(now)
        )
        return [_delivery_row(row) for row in rows]

    def newest_deliveries(self, limit: int) -> Sequence[DeliveryRow]:
        rows = self._all("select * from delivery order by delivery desc limit ?", limit)
        return [_delivery_row(row) for row in rows]

    def change_delivery(self, delivery: DeliveryRow) -> None:
        self._file.execute(
            "update delivery set due_at = ?, attempts = ?, answer = ? where delivery = ?",
            (_stored(delivery.due_at), delivery.attempts, delivery.answer, delivery.delivery),
        )

    def _trade(self, condition: str, *values: object) -> TradeRow | None:
        found = self._one(f"select * from trade where {condition}", *values)  # noqa: S608 (ours)
        return _trade_row(found) if found else None

    def _insert(self, table: str, row: TradeRow | RefundRow) -> None:
        marks = ", ".join("?" * len(row))
        values = [_stored(value) for value in row]
        self._file.execute(f"insert into {table} values ({marks})", values)  # noqa: S608 (ours)

    def _one(self, statement: str, *values: object) -> Any:
        return self._file.execute(statement, values).fetchone()

    def _all(self, statement: str, *values: object) -> Sequence[Any]:
        return self._file.execute(statement, values).fetchall()


def _stored(value: Any) -> Any:
    """Moments as text that sorts by time: always with microseconds, always UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value


def _moment(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(stored) if stored else None


def _trade_row(row: Any) -> TradeRow:
    stored = TradeRow(*row)
    return stored._replace(
        expires_at=datetime.fromisoformat(row[9]),
        status=TradeStatus(stored.status),
        paid_at=_moment(row[11]),
        notify=Notify(stored.notify),
        refunding=Refunding(stored.refunding),
    )


def _refund_row(row: Any) -> RefundRow:
    stored = RefundRow(*row)
    return stored._replace(
        status=RefundStatus(stored.status),
        outcome=RefundStatus(stored.outcome),
        created_at=datetime.fromisoformat(row[7]),
        ends_at=datetime.fromisoformat(row[8]),
        at=_moment(row[9]),
    )


def _delivery_row(row: Any) -> DeliveryRow:
    return DeliveryRow(*row)._replace(due_at=_moment(row[5]))
