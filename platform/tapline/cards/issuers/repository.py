from collections.abc import Collection, Sequence

from sqlalchemy import func, select, text

from tapline import bulk
from tapline.cards.issuers.model import Issuer, IssuerNumbers
from tapline.cards.issuers.rules import Run
from tapline.errors import NotFoundError
from tapline.uow import UnitOfWork

# Runs never overlap: the one that could hold a number is the last that begins at or before it.
_OF_CARDS = text(
    """
    select asked.card_no, run.issuer_id
    from unnest(cast(:cards as text[])) as asked(card_no)
    cross join lateral (
        select issuer_id, last_no
        from issuer_numbers
        where tenant_id = :tenant and length = length(asked.card_no)
            and first_no <= asked.card_no collate "C"
        order by first_no desc
        limit 1
    ) as run
    where asked.card_no collate "C" <= run.last_no
    """
)
_OVERLAPPING = text(
    """
    select asked.first_no, asked.last_no, held.issuer_id
    from unnest(cast(:firsts as text[]), cast(:lasts as text[])) as asked(first_no, last_no)
    join issuer_numbers held on held.tenant_id = :tenant and held.length = length(asked.first_no)
        and held.first_no <= asked.last_no collate "C"
        and held.last_no >= asked.first_no collate "C"
    limit 1
    """
)
_NAMED = """
    exists (
        select from unnest(cast(:firsts as text[]), cast(:lasts as text[])) as run(first, last)
        where length(card_no) = length(run.first)
            and card_no collate "C" between run.first and run.last
    )
"""
_SEEN = text(
    f"""
    select distinct card_no from fact
    where tenant_id = :tenant and flaw is null and {_NAMED}
    order by card_no
    """  # noqa: S608 (a text of our own)
)
_OURS = text(f"select card_no from card where tenant_id = :tenant and {_NAMED} limit 1")  # noqa: S608


class IssuerRepository:
    """The issuers of one tenant."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def add(self, issuer: Issuer) -> None:
        self._session.add(issuer)
        self._session.flush()

    def exists(self, issuer_id: str) -> bool:
        return self._session.get(Issuer, (self._tenant_id, issuer_id)) is not None

    def get(self, issuer_id: str, *, lock: bool = False) -> Issuer:
        issuer = self._session.get(
            Issuer,
            (self._tenant_id, issuer_id),
            with_for_update=lock or None,
            populate_existing=lock,
        )
        if issuer is None:
            raise NotFoundError(f"no issuer {issuer_id}")
        return issuer

    def listed(self) -> Sequence[Issuer]:
        mine = select(Issuer).where(Issuer.tenant_id == self._tenant_id)
        return self._session.scalars(mine.order_by(Issuer.issuer_id)).all()

    def of_cards(self, card_nos: Collection[str]) -> dict[str, str]:
        """card number -> issuer, for those that an issuer has."""
        given = {"tenant": self._tenant_id, "cards": sorted(card_nos)}
        rows = self._session.execute(_OF_CARDS, given)
        return {row.card_no: row.issuer_id for row in rows}

    def be_alone(self) -> None:
        """Keep everybody else from changing this tenant's numbers meanwhile."""
        name = func.hashtextextended(f"issuers:{self._tenant_id}", 0)
        self._session.execute(select(func.pg_advisory_xact_lock(name)))

    def overlapping(self, runs: Sequence[Run]) -> tuple[Run, str] | None:
        """One of `runs` that is an issuer's already, and whose; None where all are free."""
        row = self._session.execute(_OVERLAPPING, self._given(runs)).first()
        return None if row is None else (Run(row[0], row[1]), row[2])

    def card_of_ours(self, runs: Sequence[Run]) -> str | None:
        """A card that we issued under one of these numbers."""
        found: str | None = self._session.scalar(_OURS, self._given(runs))
        return found

    def seen(self, runs: Sequence[Run]) -> list[str]:
        """The cards of these numbers that machines have met."""
        return list(self._session.scalars(_SEEN, self._given(runs)))

    def add_runs(self, issuer_id: str, runs: Sequence[Run], **common: object) -> None:
        rows = [
            {
                "tenant_id": self._tenant_id,
                "length": len(run.first_no),
                "first_no": run.first_no,
                "last_no": run.last_no,
                "issuer_id": issuer_id,
                **common,
            }
            for run in runs
        ]
        statement, arrays = bulk.insert_rows(IssuerNumbers.__table__, rows)  # type: ignore[arg-type]
        self._session.execute(statement, arrays)

    def numbers(self, issuer_id: str, limit: int) -> Sequence[IssuerNumbers]:
        return self._session.scalars(
            select(IssuerNumbers)
            .where(IssuerNumbers.tenant_id == self._tenant_id, IssuerNumbers.issuer_id == issuer_id)
            .order_by(IssuerNumbers.length, IssuerNumbers.first_no)
            .limit(limit)
        ).all()

    def run(self, issuer_id: str, first_no: str) -> IssuerNumbers:
        found = self._session.get(IssuerNumbers, (self._tenant_id, len(first_no), first_no))
        if found is None or found.issuer_id != issuer_id:
            raise NotFoundError(f"issuer {issuer_id} has no numbers from {first_no} on")
        return found

    def remove(self, run: IssuerNumbers) -> None:
        self._session.delete(run)
        self._session.flush()

    def _given(self, runs: Sequence[Run]) -> dict[str, object]:
        return {
            "tenant": self._tenant_id,
            "firsts": [run.first_no for run in runs],
            "lasts": [run.last_no for run in runs],
        }
