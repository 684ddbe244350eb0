from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert

from tapline.cards.facts import Fact
from tapline.devices.vendors import VendorDevice
from tapline.reconciliation.feeds.model import FeedReport, FeedWatch, Report
from tapline.reconciliation.feeds.rules import CODE, Sale
from tapline.reconciliation.findings.rules import FindingKey
from tapline.reconciliation.model import Finding
from tapline.uow import UnitOfWork


class FeedRepository:
    """Second accounts of one tenant's machines."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self.tenant_id = tenant_id

    def be_alone(self) -> None:
        """Wait until no other transaction examines this tenant, and keep others waiting."""
        name = func.hashtextextended(f"feeds:{self.tenant_id}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def add(self, reports: Sequence[Report], received_at: datetime) -> None:
        """Those that are here already stay as they are."""
        context = {"tenant_id": self.tenant_id, "received_at": received_at}
        rows = [one._asdict() | context for one in reports]
        self._session.execute(insert(FeedReport).values(rows).on_conflict_do_nothing())

    def examined_at(self) -> datetime | None:
        watch = self._session.get(FeedWatch, self.tenant_id, populate_existing=True)
        return watch.examined_at if watch else None

    def examined(self, at: datetime) -> None:
        """Note that everything that was there at `at` has been looked at."""
        row = insert(FeedWatch).values(tenant_id=self.tenant_id, examined_at=at)
        self._session.execute(
            row.on_conflict_do_update(
                index_elements=[FeedWatch.tenant_id], set_={"examined_at": at}
            )
        )

    def witnessed(self) -> dict[str, str]:
        """device -> the maker whose cloud gives a second account of it."""
        rows = self._session.execute(
            select(VendorDevice.device_id, VendorDevice.vendor)
            .where(VendorDevice.is_witness)
            .where(
                select(FeedReport.device_id)
                .where(
                    FeedReport.device_id == VendorDevice.device_id,
                    FeedReport.tenant_id == self.tenant_id,
                )
                .exists()
            )
            .order_by(VendorDevice.device_id)
        )
        return dict(rows.all())

    def stirred(self, since: datetime) -> set[str]:
        """The devices of which one account or the other came in since then."""
        came: set[str] = set()
        for table in (FeedReport, Fact):
            came |= set(
                self._session.scalars(
                    select(table.device_id)
                    .where(table.tenant_id == self.tenant_id, table.received_at >= since)
                    .distinct()
                )
            )
        return came

    def came_between(self, since: datetime, until: datetime) -> set[str]:
        """The devices of which the cloud told something in [since, until)."""
        return set(
            self._session.scalars(
                select(FeedReport.device_id)
                .where(
                    FeedReport.tenant_id == self.tenant_id,
                    FeedReport.received_at >= since,
                    FeedReport.received_at < until,
                )
                .distinct()
            )
        )

    def reports(self, device_id: str, since: datetime, refs: Collection[int]) -> list[Sale]:
        """What the cloud told since then, and under these numbers, in order."""
        moment = func.coalesce(FeedReport.moment, FeedReport.received_at)
        rows = self._session.execute(
            select(
                FeedReport.ref,
                FeedReport.card_no,
                FeedReport.amt_fen,
                FeedReport.bal_after_fen,
                FeedReport.ml,
                moment,
                FeedReport.received_at,
            )
            .where(
                FeedReport.device_id == device_id,
                or_(FeedReport.received_at >= since, FeedReport.ref.in_(refs)),
            )
            .order_by(FeedReport.ref, FeedReport.content_hash)
        )
        return [Sale._make(row) for row in rows]

    def facts(self, device_id: str, since: datetime) -> list[Sale]:
        """The machine's own sales since then, in order; each version of a disputed one."""
        moment = func.coalesce(Fact.moment, Fact.received_at)
        rows = self._session.execute(
            select(
                Fact.seq,
                Fact.card_no,
                Fact.amt_fen,
                Fact.bal_after_fen,
                Fact.ml,
                moment,
                Fact.received_at,
            )
            .where(
                Fact.device_id == device_id,
                Fact.op == "debit",
                Fact.flaw.is_(None),
                moment >= since,
            )
            .order_by(Fact.seq, Fact.content_hash)
        )
        return [Sale._make(row) for row in rows]

    def findings(self, device_id: str) -> dict[FindingKey, Finding]:
        """What was found of a machine by this rule, withdrawn or not."""
        rows = self._session.scalars(
            select(Finding)
            .where(
                Finding.tenant_id == self.tenant_id,
                Finding.device_id == device_id,
                Finding.code == CODE,
            )
            .execution_options(populate_existing=True)
        )
        return {FindingKey(row.code, row.subject): row for row in rows}
