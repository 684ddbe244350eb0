from collections.abc import Collection
from typing import Any

from sqlalchemy import text

from tapline.uow import UnitOfWork

Key = tuple[str, int]

# Of cases of these machines alone: no index leads from a pour to its cases.
_AMONG = text(
    """
    select distinct pour.device_id, pour.seq
    from unnest(cast(:devices as text[]), cast(:seqs as bigint[])) as asked(device_id, seq)
    join water_trace trace on trace.tenant_id = :tenant and trace.device_id = asked.device_id
    join water_trace_pour pour on pour.trace_id = trace.trace_id
        and pour.device_id = asked.device_id and pour.seq = asked.seq
    where pour.fate in ('given', 'earlier')
    """
)
# What was decided about a pour holds for the card that bears it, up to the amount decided: it is
# not found anew, as what costs more is.
_WAIT_AGAIN = text(
    """
    update water_trace_pour as pour
    set fate = 'waiting', card_no = coalesce(charge.card_no, pour.card_no),
        customer_id = case when charge.card_no is null then pour.customer_id
            else card.customer_id end,
        given_fen = case when charge.card_no = pour.card_no then pour.given_fen else 0 end,
        amount_fen = least(pour.amount_fen,
            case when charge.payer = 'card' then charge.amount_fen else 0 end)
    from unnest(cast(:devices as text[]), cast(:seqs as bigint[])) as asked(device_id, seq)
    join fact_charge charge using (device_id, seq)
    left join card on card.tenant_id = :tenant and card.card_no = charge.card_no
    where pour.device_id = charge.device_id and pour.seq = charge.seq
        and pour.fate in ('given', 'earlier')
        and pour.trace_id in (
            select trace_id from water_trace
            where tenant_id = :tenant and device_id = any(cast(:devices as text[]))
        )
    """
)


class SettledRepository:
    """Pours of cases of one tenant that were given back, now or earlier."""

    def __init__(self, uow: UnitOfWork, tenant_id: str) -> None:
        self._session = uow.session
        self._tenant_id = tenant_id

    def among(self, keys: Collection[Key]) -> list[Key]:
        """Which of these pours are such."""
        rows = self._session.execute(_AMONG, self._given(keys))
        return [(device_id, seq) for device_id, seq in rows]

    def wait_again(self, keys: Collection[Key]) -> None:
        """Have their money wait, as their charges are now; in every case that they belong to."""
        self._session.execute(_WAIT_AGAIN, self._given(keys))

    def _given(self, keys: Collection[Key]) -> dict[str, Any]:
        devices, seqs = [device_id for device_id, _ in keys], [seq for _, seq in keys]
        return {"tenant": self._tenant_id, "devices": devices, "seqs": seqs}
