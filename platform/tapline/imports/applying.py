"""Lines become what they say: customers, cards, deposits, tickets, cases; a batch at a time."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from tapline import audit, orders, people, tickets
from tapline.cards import CardKind, adoptions
from tapline.cards.adoptions import Adoption
from tapline.errors import TaplineError
from tapline.imports.model import Import, ImportLine, LineState
from tapline.imports.repository import LineRepository
from tapline.imports.rules import LineError
from tapline.orders import booklets
from tapline.tickets import About, Source
from tapline.uow import UnitOfWork

BATCH: Final = 500
_OBSTACLE_MAX: Final = 300


def apply_batch(uow: UnitOfWork, found: Import) -> bool:
    """Apply the next lines of a locked import; whether there were any.

    What can be applied is, line by line where the batch as a whole cannot; the others say why.
    """
    lines = LineRepository(uow, found)
    batch = lines.next(LineState.WAITING, BATCH)
    if not batch:
        return False
    work = _Work(uow, found, lines)
    new = work.without_present(batch)
    if not _attempt(work, new):
        for one in new:
            _attempt(work, [one], last=True)
    return True


def _attempt(work: "_Work", some: Sequence[ImportLine], *, last: bool = False) -> bool:
    if not some:
        return True
    try:
        with work.uow.attempt():
            work.apply(some)
    except TaplineError as error:
        if not last:
            return False
        (line,) = some
        is_coded = isinstance(error, adoptions.HinderedError | LineError)
        why = error.code if is_coded else str(error)[:_OBSTACLE_MAX]
        line.state, line.obstacle = LineState.FAILED, why
    return True


class _Work:
    """One batch of lines of one sheet."""

    def __init__(self, uow: UnitOfWork, found: Import, lines: LineRepository) -> None:
        self.uow = uow
        self._found = found
        self._tenant_id = found.tenant_id
        self._lines = lines
        self._actor = found.approved_by or audit.SYSTEM
        self._reason = f"import {found.source}: {found.name}"

    def without_present(self, batch: Sequence[ImportLine]) -> list[ImportLine]:
        """Those that no import of the source applied since the dry run."""
        before = self._lines.in_force(batch[0].sheet, [one.external_id for one in batch])
        new = []
        for one in batch:
            other = before.get(one.external_id)
            if other is None:
                new.append(one)
            elif other.sha256 == one.sha256:
                one.state, one.key, one.subject = LineState.PRESENT, other.key, other.subject
            else:
                one.state, one.obstacle = LineState.FAILED, "other_content"
        return new

    def apply(self, some: Sequence[ImportLine]) -> None:
        """Make what the lines say, all or none."""
        sheet = some[0].sheet
        undone = self._lines.undone_before(sheet, [one.external_id for one in some])
        for one in some:
            revision = undone.get(one.external_id, 0) + 1
            one.key = f"import:{one.source}:{sheet}:{one.external_id}:{revision}"
        subjects = _MAKERS[sheet](self, some)
        for one, subject in zip(some, subjects, strict=True):
            one.state, one.subject, one.content, one.obstacle = (
                LineState.APPLIED,
                subject,
                None,
                None,
            )
        self.uow.session.flush()

    def customers(self, some: Sequence[ImportLine]) -> list[str]:
        """Customers by their phones; whoever is one already stays as he is."""
        names = {one.content["phone"]: one.content["name"] for one in some if one.content}
        made = people.bring_in_customers(self.uow, tenant_id=self._tenant_id, names=names)
        return [f"customer:{made[_said(one)['phone']].customer_id}" for one in some]

    def cards(self, some: Sequence[ImportLine]) -> list[str]:
        holders = self._customers(some)
        taken = [
            Adoption(
                card_no=one.external_id,
                kind=CardKind(_said(one)["kind"]),
                principal_fen=one.amounts["principal_fen"],
                bonus_fen=one.amounts["bonus_fen"],
                opened_atc=_said(one)["chip_atc"],
                customer_id=holders.get(_said(one)["customer_id"]),
                key=_key(one),
            )
            for one in some
        ]
        adoptions.adopt(
            self.uow,
            tenant_id=self._tenant_id,
            adoptions=taken,
            actor=self._actor,
            reason=self._reason,
        )
        return [f"card:{one.card_no}" for one in taken]

    def buckets(self, some: Sequence[ImportLine]) -> list[str]:
        customers = self._customers(some)
        starts = [
            orders.BucketStart(
                customer_id=customers[_said(one)["customer_id"]],
                buckets=_said(one)["buckets"],
                deposits=_said(one)["deposits"],
                deposit_fen=_said(one)["deposit_fen"],
                key=_key(one),
            )
            for one in some
        ]
        orders.open_buckets(self.uow, tenant_id=self._tenant_id, starts=starts)
        return [f"customer:{one.customer_id}" for one in starts]

    def booklets(self, some: Sequence[ImportLine]) -> list[str]:
        customers = self._customers(some)
        subjects = []
        for one in some:
            customer_id, sku = customers[_said(one)["customer_id"]], _said(one)["sku"]
            booklets.open_balance(
                self.uow,
                tenant_id=self._tenant_id,
                customer_id=customer_id,
                sku=sku,
                ticket_count=_said(one)["tickets"],
                key=_key(one),
            )
            subjects.append(f"tickets:{customer_id}:{sku}")
        return subjects

    def cases(self, some: Sequence[ImportLine]) -> list[str]:
        """A case each, whatever else is open about the customer: its history is elsewhere."""
        customers = self._customers(some)
        subjects = []
        for one in some:
            said = _said(one)
            ticket = tickets.report(
                self.uow,
                tenant_id=self._tenant_id,
                category=said["category"],
                about=About(
                    source=Source.DESK,
                    card_no=said["card_no"],
                    customer_id=customers[said["customer_id"]],
                ),
                actor=self._actor,
                words=f"[{one.source} {one.external_id}, {said['told_on']}] {said['words']}",
                subject=_key(one),
            )
            subjects.append(f"ticket:{ticket.ticket_id}")
        return subjects

    def _customers(self, some: Sequence[ImportLine]) -> Mapping[str, UUID]:
        """By the other system's id.

        Raises:
            LineError: one of those named is not there, since his line could not be applied.
        """
        ids = {said for one in some if (said := _said(one)["customer_id"])}
        made = self._lines.in_force("customers", ids)
        if missing := sorted(ids - made.keys()):
            raise LineError("no_customer", f"customer {missing[0]} is not there")
        return {
            external_id: UUID((line.subject or "").partition(":")[2])
            for external_id, line in made.items()
        }


_MAKERS: Final[Mapping[str, Callable[[_Work, Sequence[ImportLine]], list[str]]]] = {
    "customers": _Work.customers,
    "cards": _Work.cards,
    "buckets": _Work.buckets,
    "booklets": _Work.booklets,
    "cases": _Work.cases,
}


def _said(line: ImportLine) -> Mapping[str, Any]:
    assert line.content is not None
    return line.content


def _key(line: ImportLine) -> str:
    assert line.key is not None
    return line.key
