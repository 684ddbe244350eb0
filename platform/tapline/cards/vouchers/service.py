from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from tapline import clock, ledger, policy
from tapline.cards import blocklist
from tapline.cards.model import CardState
from tapline.cards.repository import CardRepository
from tapline.cards.vouchers.model import Voucher, VoucherState
from tapline.cards.vouchers.repository import VoucherRepository
from tapline.cards.vouchers.rules import Outcome, Tap, Write, reported, seen_again
from tapline.devices import Standing
from tapline.ids import new_id
from tapline.uow import UnitOfWork


def ask(uow: UnitOfWork, *, tenant_id: str, taps: Sequence[Tap]) -> list[Voucher | None]:
    """Lease what waits for each tapped card to its machine; None where nothing does.

    The same request gets the same answer. While one voucher of a card is out, no second one is:
    two machines must never write the same money.
    """
    vouchers = VoucherRepository(uow)
    answers = vouchers.answers([(tap.device_id, tap.req) for tap in taps])
    _resolve_torn(uow, tenant_id, taps)
    waiting = _waiting(uow, tenant_id, {tap.card_no for tap in taps})
    for tap in taps:
        if (tap.device_id, tap.req) in answers:
            continue
        voucher = None
        # Nothing waits at nearly every tap: only where something does is a card locked.
        if waiting[tap.card_no].load_fen > 0:
            voucher = _lease(uow, tenant_id, tap)
        answers[tap.device_id, tap.req] = voucher
        vouchers.remember(tap.device_id, tap.req, voucher, clock.now())
    return [answers[tap.device_id, tap.req] for tap in taps]


def _resolve_torn(uow: UnitOfWork, tenant_id: str, taps: Sequence[Tap]) -> None:
    """Let the cards tapped decide about writes whose end nobody saw."""
    seen = {tap.card_no: tap for tap in taps}
    commands = []
    for voucher in VoucherRepository(uow).torn_on(tenant_id, seen.keys()):
        outcome = seen_again(
            seen[voucher.card_no],
            asked_atc=voucher.asked_atc,
            asked_bal_fen=voucher.asked_bal_fen,
            amount_fen=voucher.amount_fen,
        )
        if outcome is Outcome.WRITTEN:
            commands.append(_written(voucher, voucher.torn_seq))
        elif outcome is Outcome.FAILED:
            commands.append(_void(voucher))
    ledger.post(uow, tenant_id=tenant_id, commands=commands)


def _lease(uow: UnitOfWork, tenant_id: str, tap: Tap) -> Voucher | None:
    """A new voucher over all that waits and is not spoken for, held in the ledger."""
    card_no = tap.card_no
    card = CardRepository(uow).get(tenant_id, card_no, lock=True)
    if card.state is not CardState.ACTIVE or not card.kind.has_purse:
        return None
    if blocklist.reasons(uow, tenant_id=tenant_id, card_no=card_no):
        return None
    if VoucherRepository(uow).leased_on(tenant_id, card_no) is not None:
        return None
    waiting = _waiting(uow, tenant_id, [card_no])[card_no]
    if waiting.load_fen <= 0:
        return None
    now = clock.now()
    lease = timedelta(seconds=policy.current(uow, tenant_id=tenant_id).lease_s)
    voucher = Voucher(
        voucher_id=str(new_id()),
        tenant_id=tenant_id,
        card_no=card_no,
        device_id=tap.device_id,
        amount_fen=waiting.load_fen,
        bonus_fen=waiting.bonus_fen,
        state=VoucherState.LEASED,
        leased_at=now,
        expires_at=now + lease,
        asked_atc=tap.atc,
        asked_bal_fen=tap.bal_fen,
    )
    ledger.post(uow, tenant_id=tenant_id, commands=[_leasing(voucher)])
    VoucherRepository(uow).add(voucher)
    return voucher


class _Waiting(NamedTuple):
    """What may be written to a card now; `bonus_fen` is part of `load_fen`."""

    load_fen: int
    bonus_fen: int


def _waiting(uow: UnitOfWork, tenant_id: str, card_nos: Collection[str]) -> dict[str, _Waiting]:
    accounts = {card_no: ledger.chart.card(card_no) for card_no in card_nos}
    codes = [a.code for card in accounts.values() for a in (card.pending_load, card.pending_bonus)]
    found = ledger.balances(uow, tenant_id=tenant_id, codes=codes)

    def available(code: str) -> int:
        return found[code].available if code in found else 0

    waiting = {}
    for card_no, card in accounts.items():
        bonus_fen = available(card.pending_bonus.code)
        waiting[card_no] = _Waiting(available(card.pending_load.code) + bonus_fen, bonus_fen)
    return waiting


def _leasing(voucher: Voucher) -> ledger.Command:
    return ledger.Command(
        key=f"load:{voucher.voucher_id}:lease",
        kind="voucher_leased",
        event_at=voucher.leased_at,
        movement=ledger.LeaseVoucher(voucher.card_no, voucher.amount_fen, voucher.bonus_fen),
        content={"card": voucher.card_no, "fen": voucher.amount_fen, "bonus": voucher.bonus_fen},
        source={"device": voucher.device_id},
        expires_at=voucher.expires_at,
    )


def settled_by(uow: UnitOfWork, *, tenant_id: str, writes: Sequence[Write]) -> list[ledger.Command]:
    """Take reports on writes; the commands that post what follows, for the caller's batch.

    A lease given up too early does not undo a write. A failed one ends the lease at once: what was
    to be written waits for the next tap. A write that no voucher covers settles nothing: the fact
    stands, and the card's chain shows money that the ledger cannot explain.
    """
    ids = {write.voucher_id for write in writes if write.voucher_id is not None}
    named = VoucherRepository(uow).locked(tenant_id, ids)
    commands: list[ledger.Command] = []
    for write in writes:
        voucher = named.get(write.voucher_id or "")
        if voucher is None or not _covers(voucher, write):
            continue
        outcome = reported(write)
        if outcome is Outcome.WRITTEN:
            if write.amount_fen == voucher.amount_fen:
                commands.append(_written(voucher, write.seq))
        elif voucher.state is VoucherState.LEASED and outcome is Outcome.FAILED:
            commands.append(_void(voucher))
        elif voucher.state is VoucherState.LEASED:
            voucher.torn_seq = write.seq
    return commands


def _written(voucher: Voucher, seq: int | None) -> ledger.Command:
    movement = _writing(voucher)
    voucher.state = VoucherState.WRITTEN
    voucher.resolved_at, voucher.written_seq = clock.now(), seq
    return _resolving(voucher, "confirm", movement)


def _void(voucher: Voucher) -> ledger.Command:
    voucher.state, voucher.resolved_at = VoucherState.VOID, clock.now()
    return _resolving(voucher, "void", ledger.Void(_hold(voucher)))


def _covers(voucher: Voucher, write: Write) -> bool:
    return voucher.state is not VoucherState.WRITTEN and (
        voucher.card_no,
        voucher.device_id,
    ) == (write.card_no, write.device_id)


def _hold(voucher: Voucher) -> str:
    return f"load:{voucher.voucher_id}:lease"


def _writing(voucher: Voucher) -> ledger.Resolution | ledger.Movement:
    """What writing it does: its hold is posted; where that was given up, what waits moves."""
    if voucher.state is VoucherState.LEASED:
        return ledger.Settle(_hold(voucher))
    return ledger.WriteVoucher(voucher.card_no, voucher.amount_fen, voucher.bonus_fen)


def _resolving(
    voucher: Voucher, step: str, movement: ledger.Resolution | ledger.Movement
) -> ledger.Command:
    return ledger.Command(
        key=f"load:{voucher.voucher_id}:{step}",
        kind=f"voucher_{step}",
        event_at=clock.now(),
        movement=movement,
        content={"card": voucher.card_no, "fen": voucher.amount_fen},
        source={"device": voucher.device_id, "seq": voucher.written_seq},
    )


def release_expired(uow: UnitOfWork, *, tenant_id: str, standing: Mapping[str, Standing]) -> int:
    """End leases that devices can no longer fulfil; how many.

    Called for hellos: sent after the lease's end, with nothing in the device that we have not
    released, it proves that the voucher was not written. Until then the money stays reserved.
    """
    shown = [name for name, one in standing.items() if one.owes_nothing]
    over = VoucherRepository(uow).leases_over(shown, clock.now()) if shown else []
    ledger.post(uow, tenant_id=tenant_id, commands=[_void(voucher) for voucher in over])
    return len(over)


def waiting(uow: UnitOfWork, *, tenant_id: str, card_nos: Collection[str]) -> set[str]:
    """Those of these cards for which money still waits, spoken for by a machine or not."""
    accounts = {card_no: ledger.chart.card(card_no) for card_no in card_nos}
    codes = [a.code for card in accounts.values() for a in (card.pending_load, card.pending_bonus)]
    found = ledger.balances(uow, tenant_id=tenant_id, codes=codes)
    return {
        card_no
        for card_no, card in accounts.items()
        for account in (card.pending_load, card.pending_bonus)
        if account.code in found and found[account.code].posted > 0
    }


def leased(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> Voucher | None:
    """The voucher of a card that is out at a machine, if one is."""
    return VoucherRepository(uow).leased_on(tenant_id, card_no)


def give_up(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> None:
    """End a card's lease although its machine has not said that it wrote nothing.

    For a card that is closed after everybody has waited long enough. A write that is reported
    later still counts, as far as the money is still there.
    """
    voucher = VoucherRepository(uow).leased_on(tenant_id, card_no)
    if voucher is not None:
        ledger.post(uow, tenant_id=tenant_id, commands=[_void(voucher)])


def of_card(uow: UnitOfWork, *, tenant_id: str, card_no: str) -> Sequence[Voucher]:
    """A card's vouchers, newest first."""
    return VoucherRepository(uow).of_card(tenant_id, card_no)
