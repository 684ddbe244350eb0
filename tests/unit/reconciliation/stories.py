"""Facts told shortly: what a card did, for rules to judge."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from tapline.policy import Policy
from tapline.reconciliation.chain import FactKey, Version
from tapline.reconciliation.findings.rules import FindingKey
from tapline.reconciliation.judgement import Declared, Judgement, KnownCard
from tapline.reconciliation.rules import judge

START = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
CARD = "88001234"
OPENED_FEN = {CARD: 5000}
"""The operator's cards, and what they held when issued."""
LATER = START + timedelta(days=1)
"""When stories are judged, if they do not say: after everything arrived, before any window."""


def pour(seq: int, atc: int | None, before_fen: int, **changes: Any) -> Version:
    """A whole pour of 1.00 yuan on machine A, ten minutes after the one before it."""
    amt_fen = changes.get("amt_fen", 100)
    version = Version(
        key=FactKey(changes.pop("device", "A"), seq),
        content_hash=b"",
        op="debit",
        card_no=CARD,
        atc=atc,
        bal_before_fen=before_fen,
        amt_fen=100,
        bal_after_fen=before_fen - amt_fen,
        ml=1500,
        ml_req=1500,
        pulses=675,
        nozzle=1,
        status="ok",
        moment=START + timedelta(minutes=10 * seq),
        received_at=START + timedelta(minutes=10 * seq),
    )
    version = version._replace(**changes)
    return version._replace(content_hash=sha256(repr(version).encode()).digest())


def torn(seq: int, before_fen: int, *, atc: int | None = None, **changes: Any) -> Version:
    """A debit of 1.00 yuan of which nobody knows whether it happened."""
    return pour(seq, atc, before_fen, **{"status": "torn", "bal_after_fen": None} | changes)


def judged(
    *versions: Version,
    opened_fen: Mapping[str, int] = OPENED_FEN,
    now: datetime = LATER,
    **besides: Any,
) -> Judgement:
    """What follows from `versions` and what is declared `besides`, under the default policy."""
    cards = {card_no: KnownCard(opened_fen=fen) for card_no, fen in opened_fen.items()}
    return judge(versions, Declared(now=now, **{"cards": cards} | besides), Policy())


def found(judgement: Judgement) -> dict[tuple[str, int], int]:
    """(code, seq) -> amount of every finding about a fact."""
    return {
        (key.code, one.seq): one.amount_fen
        for key, one in judgement.findings.items()
        if one.seq is not None
    }


def verdict(judgement: Judgement, seq: int, device: str = "A") -> str:
    """What became of a torn debit."""
    return str(judgement.findings[FindingKey.of_fact("D12", FactKey(device, seq))].facts["verdict"])
