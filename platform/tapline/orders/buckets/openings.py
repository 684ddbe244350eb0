"""What customers have at home and have deposited when they come to us from elsewhere."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from tapline import clock, ledger
from tapline.ledger import chart
from tapline.orders.buckets.model import BucketOpening
from tapline.orders.buckets.repository import BucketRepository
from tapline.orders.buckets.service import handed
from tapline.uow import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketStart:
    """A customer's buckets and deposits on the day he comes; `key` is that of the postings."""

    customer_id: UUID
    buckets: int
    """Ours at his home."""
    deposits: int
    """For how many he has deposited."""
    deposit_fen: int
    """For each of these."""
    key: str


def open_buckets(uow: UnitOfWork, *, tenant_id: str, starts: Sequence[BucketStart]) -> None:
    """Note what customers bring along: deposits against `equity:opening` under the key, buckets
    under `<key>:buckets`. The caller sees to it that no key comes twice."""
    now = clock.now()
    BucketRepository(uow, tenant_id).add(
        [
            BucketOpening(
                tenant_id=tenant_id,
                key=one.key,
                customer_id=one.customer_id,
                deposits=one.deposits,
                deposit_fen=one.deposit_fen,
                opened_at=now,
            )
            for one in starts
        ]
    )
    commands = [command for one in starts for command in _commands(one)]
    ledger.post(uow, tenant_id=tenant_id, commands=commands)


def withdraw_openings(uow: UnitOfWork, *, tenant_id: str, keys: Collection[str]) -> None:
    """They were a mistake. The caller has taken back what was posted."""
    BucketRepository(uow, tenant_id).withdraw(keys, clock.now())


def _commands(start: BucketStart) -> list[ledger.Command]:
    commands = []
    subject = f"customer:{start.customer_id}"
    if fen := start.deposits * start.deposit_fen:
        deposit = chart.bucket_deposit(start.customer_id)
        commands.append(
            ledger.Command(
                key=start.key,
                kind="deposit_opened",
                event_at=clock.now(),
                movement=ledger.Transfer(chart.OPENING, deposit, fen),
                content={"subject": subject, "deposits": start.deposits, "fen": fen},
                source={"subject": subject},
            )
        )
    if start.buckets:
        out = handed(f"{start.key}:buckets", start.customer_id, start.buckets, subject=subject)
        commands.append(out)
    return commands
