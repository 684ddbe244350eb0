"""One refund brought from where it stands to where it shall stand: money, timeline, events."""

from tapline import cards, clock, ledger
from tapline.cards import facts, issuers
from tapline.events import CorrectionHeld, CorrectionPosted
from tapline.ledger import Account, chart
from tapline.refunds.model import Refund, RefundState, RefundStep
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

    def waits_for(self, obstacle: Obstacle) -> bool:
        """Whether this is what keeps it in review."""
        return self._refund.state is RefundState.REVIEW and self._refund.reason == obstacle.value

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
        """Take back what another card or its issuer was given: the pour was not theirs."""
        refund = self._refund
        theirs = issuers.of_cards(self._uow, tenant_id=refund.tenant_id, card_nos=[card_no])
        if (refund.card_no, refund.issuer_id) == (card_no, theirs.get(card_no)):
            return
        if self.standing != NOTHING:
            self.apply(NOTHING, reason="other_card", policy_version=policy_version)
        refund.card_no, refund.issuer_id = card_no, theirs.get(card_no)

    def borne_by(self, account: Account) -> None:
        """Have `account` bear it from now on, what was given back before included."""
        refund = self._refund
        if refund.borne_by == account.code:
            return
        posted_fen = refund.posted_fen
        if posted_fen:
            self._move(-posted_fen)
        refund.borne_by = account.code
        if posted_fen:
            self._move(posted_fen)

    def _post(self, change_fen: int) -> None:
        refund = self._refund
        assert refund.device_id is not None
        assert refund.seq is not None
        assert refund.card_no is not None
        self._move(change_fen)
        self._uow.emit(
            CorrectionPosted(
                tenant_id=refund.tenant_id,
                device_id=refund.device_id,
                seq=refund.seq,
                card_no=refund.card_no,
                change_fen=change_fen,
            )
        )

    def _move(self, change_fen: int) -> None:
        self._refund.revision += 1
        command = self._command(change_fen)
        ledger.post(self._uow, tenant_id=self._refund.tenant_id, commands=[command])

    def _command(self, change_fen: int) -> ledger.Command:
        refund = self._refund
        assert refund.card_no is not None
        return ledger.Command(
            key=f"fix:{refund.device_id}:{refund.seq}:{refund.revision}",
            kind="correction" if change_fen > 0 else "correction_reduced",
            event_at=clock.now(),
            movement=self._movement(change_fen),
            content={"card": refund.card_no, "change_fen": change_fen},
            source={"device": refund.device_id, "seq": refund.seq, "actor": self._actor},
        )

    def _movement(self, change_fen: int) -> ledger.Movement:
        refund = self._refund
        assert refund.card_no is not None
        if refund.issuer_id is not None:
            return facts.issuer_owes(refund.issuer_id, -change_fen)
        card = cards.get(self._uow, tenant_id=refund.tenant_id, card_no=refund.card_no)
        return onto(card, change_fen, _bearer(refund.borne_by))


def account_for(code: str) -> Account:
    """Who bears what a rule gives back: for a card used after its loss was reported the operator
    does; anything else was never earned."""
    return chart.FRAUD if code == "D22" else chart.WATER


def _bearer(account_code: str | None) -> Account:
    """The account of that code, among those that bear corrections."""
    return chart.FRAUD if account_code == chart.FRAUD.code else chart.WATER


def onto(card: cards.Card, change_fen: int, account: Account) -> ledger.Movement:
    """Onto a purse money must be written at a tap; any other card has it at once."""
    if card.kind.has_purse:
        if change_fen > 0:
            return ledger.Correct(card.card_no, change_fen, revenue=account)
        return ledger.Uncorrect(card.card_no, -change_fen, revenue=account)
    if change_fen > 0:
        return ledger.Unpour(card.card_no, change_fen, account)
    return ledger.Pour(card.card_no, -change_fen, account)
