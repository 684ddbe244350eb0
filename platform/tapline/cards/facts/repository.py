from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Table as SqlTable
from sqlalchemy import and_, bindparam, func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from tapline import bulk
from tapline.cards.facts.model import Charge, Fact
from tapline.uow import UnitOfWork

Key = tuple[str, int]
"""(device_id, seq): the name of a fact, whatever versions of it there are."""

_FACT: SqlTable = Fact.__table__  # type: ignore[assignment]
_CHARGE: SqlTable = Charge.__table__  # type: ignore[assignment]

_VERSIONS = text(
    """
    select f.device_id, f.seq, f.content_hash, f.flaw is null, f.ml_req, f.card_no
    from unnest(cast(:devices as text[]), cast(:seqs as bigint[])) as asked(device_id, seq)
    join fact f on f.device_id = asked.device_id and f.seq = asked.seq
    """
)
_BEYOND = text(
    """
    select f.device_id, f.seq
    from unnest(cast(:devices as text[]), cast(:uptos as bigint[])) as asked(device_id, upto)
    join fact f on f.device_id = asked.device_id and f.seq > asked.upto
    """
)
_CHARGES = text(
    """
    select c.device_id, c.seq
    from unnest(cast(:devices as text[]), cast(:seqs as bigint[])) as asked(device_id, seq)
    join fact_charge c on c.device_id = asked.device_id and c.seq = asked.seq
    order by c.device_id, c.seq
    for update of c
    """
)


class Version(NamedTuple):
    """A stored version of a fact, as far as its successors care."""

    content_hash: bytes
    readable: bool
    ml_req: int | None
    card_no: str | None


class FactRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def versions(self, keys: Collection[Key]) -> dict[Key, list[Version]]:
        """What is stored under these names already."""
        found: dict[Key, list[Version]] = {}
        rows = self._session.execute(_VERSIONS, _pairs(keys, "seqs"))
        for device_id, seq, content_hash, readable, ml_req, card_no in rows:
            version = Version(bytes(content_hash), readable, ml_req, card_no)
            found.setdefault((device_id, seq), []).append(version)
        return found

    def add(self, rows: Sequence[dict[str, Any]]) -> None:
        statement, arrays = bulk.insert_rows(_FACT, rows)
        self._session.execute(statement, arrays)

    def raise_ml_req(self, asked: Mapping[tuple[str, int, bytes], int]) -> None:
        """Keep the greatest `ml_req` that any copy of a fact stated."""
        names = {"device_id": "d", "seq": "s", "content_hash": "h"}
        same = and_(*(_FACT.c[column] == bindparam(name) for column, name in names.items()))
        self._session.connection().execute(
            update(_FACT).where(same).values(ml_req=func.greatest(_FACT.c.ml_req, bindparam("m"))),
            [{"d": d, "s": s, "h": h, "m": ml_req} for (d, s, h), ml_req in asked.items()],
        )

    def seqs_beyond(self, uptos: Mapping[str, int]) -> dict[str, set[int]]:
        """device -> the numbers stored beyond its `upto`."""
        found: dict[str, set[int]] = {}
        rows = self._session.execute(
            _BEYOND, {"devices": list(uptos), "uptos": list(uptos.values())}
        )
        for device_id, seq in rows:
            found.setdefault(device_id, set()).add(seq)
        return found

    def get(self, device_id: str, seq: int, content_hash: bytes) -> Fact | None:
        return self._session.get(Fact, (device_id, seq, content_hash))

    def of(self, keys: Collection[Key]) -> Sequence[Fact]:
        """Every version of these facts."""
        return self._session.scalars(
            select(Fact).where(tuple_(Fact.device_id, Fact.seq).in_(keys))
        ).all()


class ChargeRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def add(self, rows: Sequence[dict[str, Any]]) -> None:
        statement, arrays = bulk.insert_rows(_CHARGE, rows)
        self._session.execute(statement, arrays)

    def add_missing(self, row: dict[str, Any]) -> None:
        self._session.execute(insert(Charge).values(**row).on_conflict_do_nothing())

    def locked(self, keys: Collection[Key]) -> dict[Key, Charge]:
        """Charges of these facts, locked in order of their names."""
        self._session.execute(_CHARGES, _pairs(keys, "seqs"))
        rows = self._session.scalars(
            select(Charge)
            .where(tuple_(Charge.device_id, Charge.seq).in_(keys))
            .execution_options(populate_existing=True)
        )
        return {(row.device_id, row.seq): row for row in rows}


def _pairs(keys: Collection[Key], second: str) -> dict[str, list[Any]]:
    ordered = sorted(keys)
    return {"devices": [d for d, _ in ordered], second: [s for _, s in ordered]}
