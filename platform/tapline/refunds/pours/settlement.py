"""One refund brought from where it stands to where it shall stand: money, timeline, events."""

from tapline import cards, clock, ledger
from tapline.events import CorrectionHeld, CorrectionPosted
from tapline.refunds.model import Refund, RefundStep
from tapline.refunds.pours.rules import NOTHING, Obstacle, Standing
from tapline.refunds.repository import RefundRepository
from tapline.uow import UnitOfWork


class Settlement:
    """Carries out steps on one refund in the name of `actor`."""

    def __init__(self, uow: UnitOfWork, refund: Refund, actor: str) -> None:
        self._uow = uow
        self._refund = refund
        self._actor = actor

    @property
    def standing(self) -> Standing:
        """Where the refund stands."""
        refund = self._refund
        return Standing(refund.state, refund.amount_fen, refund.posted_fen, refund.automatic)

    def apply(self, standing: Standing, *, reason: str, policy_version: int) -> None:
        """Bring the refund to `standing`, posting the change of money."""
        refund = self._refund
        change_fen = standing.posted_fen - refund.posted_fen
        if change_fen:
            self._post(change_fen)
        refund.state, refund.amount_fen = standing.state, standing.amount_fen
        refund.posted_fen, refund.automatic = standing.posted_fen, standing.automatic
        refund.reason, refund.policy_version = reason, policy_version
        refund.updated_at = clock.now()
        RefundRepository(self._uow, refund.tenant_id).add(
            RefundStep(
                refund_id=refund.refund_id,
                state=standing.state.value,
                actor=self._actor,
                change_fen=change_fen,
                reason=reason,
                policy_version=policy_version,
                at=clock.now(),
            )
        )

    def hold(self, standing: Standing, obstacle: Obstacle, *, policy_version: int) -> None:
        """Leave it to a person, and say so."""
        refund = self._refund
        self.apply(standing, reason=obstacle.value, policy_version=policy_version)
        assert refund.device_id is not None
        assert refund.seq is not None
        self._uow.emit(
            CorrectionHeld(
                tenant_id=refund.tenant_id,
                device_id=refund.device_id,
                seq=refund.seq,
                reason=obstacle.value,
            )
        )

    def move_to(self, card_no: str, *, policy_version: int) -> None:
        """Take back what another card was given: the pour turned out not to be that card's."""
        if self._refund.card_no != card_no:
            self.apply(NOTHING, reason="other_card", policy_version=policy_version)
            self._refund.card_no = card_no

    def _post(self, change_fen: int) -> None:
        refund = self._refund
        assert refund.device_id is not None
        assert refund.seq is not None
        assert refund.card_no is not None
        refund.revision += 1
        ledger.post(self._uow, tenant_id=refund.tenant_id, commands=[self._command(change_fen)])
        self._uow.emit(
            CorrectionPosted(
                tenant_id=refund.tenant_id,
                device_id=refund.device_id,
                seq=refund.seq,
                card_no=refund.card_no,
                change_fen=change_fen,
            )
        )

    def _command(self, change_fen: int) -> ledger.Command:
        refund = self._refund
        assert refund.card_no is not None
        card = cards.get(self._uow, tenant_id=refund.tenant_id, card_no=refund.card_no)
        return ledger.Command(
            key=f"fix:{refund.device_id}:{refund.seq}:{refund.revision}",
            kind="correction" if change_fen > 0 else "correction_reduced",
            event_at=clock.now(),
            movement=_movement(card, change_fen),
            content={"card": refund.card_no, "change_fen": change_fen},
            source={"device": refund.device_id, "seq": refund.seq, "actor": self._actor},
        )


def _movement(card: cards.Card, change_fen: int) -> ledger.Movement:
    """Onto a purse money must be written at a tap; any other card has it at once."""
    if card.kind.has_purse:
        if change_fen > 0:
            return ledger.Correct(card.card_no, change_fen)
        return ledger.Uncorrect(card.card_no, -change_fen)
    if change_fen > 0:
        return ledger.Unpour(card.card_no, change_fen)
    return ledger.Pour(card.card_no, -change_fen)
