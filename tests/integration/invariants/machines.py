"""What cards and machines do, and what of it reaches us."""

from datetime import timedelta
from random import Random

from tapline import clock
from tapline.cards import vouchers
from tapline.devices import Standing
from tests.integration.invariants.grounds import Ground, Lease
from tests.integration.year.world import CUP_FEN, CUP_ML, Machine, Plastic


class AtMachines(Ground):
    """Water, taps, writes; facts that come late, twice, or never."""

    def pours(
        self,
        card: Plastic,
        machine: Machine,
        cups: int = 1,
        came_ml: int | None = None,
        *,
        is_told: bool = True,
    ) -> None:
        """Water is drawn, of which `came_ml` came; the machine keeps the fact, or forgets it."""
        fen, ml = cups * CUP_FEN, cups * CUP_ML
        if card.is_retired or (card.chip_fen < fen and card.kind not in {"id", "qr"}):
            return
        status = {None: "ok", 0: "no_flow"}.get(came_ml, "partial")
        fact = self.world.pours(
            card,
            machine,
            self.now(),
            amt_fen=fen,
            ml=ml if came_ml is None else came_ml,
            asked_ml=ml,
            is_told=is_told,
            status=status,
        )
        if not is_told:
            self.forgotten.append(fact)

    def tears(self, card: Plastic, machine: Machine, *, is_charged: bool) -> None:
        """The power fails in the middle of it."""
        if not card.is_retired and card.kind == "cpu" and card.chip_fen >= CUP_FEN:
            self.world.tears(card, machine, self.now(), is_charged=is_charged)

    def sends(self, machine: Machine, rng: Random) -> None:
        """What a machine kept arrives in any order, some of it twice, some of it later."""
        kept = [fact for fact in machine.kept if rng.random() < 0.8]
        machine.kept = [fact for fact in machine.kept if fact not in kept]
        self.sent += kept
        again = [fact for fact in self.sent if rng.random() < 0.2]
        arriving = rng.sample([*kept, *again], len(kept) + len(again))
        cut = rng.randint(0, len(arriving))
        for batch in (arriving[:cut], arriving[cut:]):
            self.house.takes_in(batch)

    def is_tapped(self, card: Plastic, machine: Machine) -> None:
        """What waits for the card may be written by this machine."""
        if card.is_retired or card.kind in {"id", "qr"}:
            return
        (voucher,) = self.house.answers([(card, machine)])
        if voucher is not None and voucher not in (one.voucher for one in self.leases):
            self.leases.append(Lease(voucher, card, machine))

    def writes(self, lease: Lease) -> None:
        """The machine writes what it was handed, if the card is still there."""
        self.leases.remove(lease)
        if not lease.card.is_retired:
            voucher = lease.voucher
            self.world.writes_voucher(
                lease.card, lease.machine, self.now(), voucher.amount_fen, voucher.voucher_id
            )

    def lets_lapse(self, lease: Lease) -> None:
        """The lease is over, and the machine shows that it wrote nothing."""
        self.leases.remove(lease)
        clock.advance(timedelta(hours=1))
        with self.house.open() as uow:
            vouchers.release_expired(
                uow,
                tenant_id=self.tenant_id,
                standing={lease.machine.name: Standing(seq_head=0, upto=0)},
            )

    def sightings_after_gaps(self) -> set[str]:
        """Where a card was met again behind an operation that is missing for good."""
        missing = {(fact.card_no, fact.atc) for fact in self.forgotten if fact.atc is not None}
        return {
            f"card:{fact.card_no}:{fact.atc}"
            for fact in self.sent
            if fact.atc is not None
            and (fact.card_no, fact.atc) not in missing
            and (fact.card_no, fact.atc - 1) in missing
        }

    def declares_lost(self) -> None:
        """Machines say what they have no more."""
        for fact in self.forgotten:
            machine = next(one for one in self.world.machines if one.name == fact.device_id)
            self.house.hears_lost(machine, fact.seq)
