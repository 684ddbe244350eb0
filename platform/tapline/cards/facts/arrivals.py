"""Facts as they arrive, and a batch of them sorted out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tapline.cards.facts.model import FactFlaw
from tapline.cards.facts.repository import Key, Version
from tapline.cards.facts.rules import Verdict
from tapline.cards.proofs import Proof
from tapline.devices import Assurance


@dataclass(frozen=True, slots=True, kw_only=True)
class FactIn:
    """A fact as it arrives. Amounts in fen, water in ml; `flaw` where it cannot stand."""

    device_id: str
    seq: int
    content_hash: bytes
    inbox_id: int
    boot: int
    flaw: FactFlaw | None = None
    op: str = "debit"
    ts: str = ""
    moment: datetime | None = None
    clk: str | None = None
    off: bool = False
    card_no: str | None = None
    card_kind: str | None = None
    atc: int | None = None
    bal_before_fen: int | None = None
    amt_fen: int = 0
    bal_after_fen: int | None = None
    tariff: int | None = None
    ml: int = 0
    ml_req: int | None = None
    pulses: int | None = None
    nozzle: int | None = None
    status: str = ""
    auth: str | None = None
    load_id: str | None = None
    total_n: int | None = None
    total_fen: int | None = None
    total_ml: int | None = None
    tac: str | None = None
    proof: Proof = Proof.ABSENT
    assurance: Assurance = Assurance.DEVICE

    @property
    def key(self) -> Key:
        return (self.device_id, self.seq)


class Sorting:
    """A batch sorted out: what is new, what came first under its name, what came again."""

    def __init__(self) -> None:
        self.verdicts: list[Verdict] = []
        self.new: list[FactIn] = []
        self.first: list[FactIn] = []
        self.ml_req: dict[tuple[str, int, bytes], int] = {}
        self.duplicates: set[tuple[str, int, str | None]] = set()
        self.cards: set[str] = set()


def sorted_out(stored: dict[Key, list[Version]], facts: Sequence[FactIn]) -> Sorting:
    """Sort a batch by what is `stored` under its names, which is updated on the way."""
    sorting = Sorting()
    for fact in facts:
        versions = stored.setdefault(fact.key, [])
        same = [known for known in versions if known.content_hash == fact.content_hash]
        verdict = _repeated(sorting, fact, same[0]) if same else _arrived(sorting, fact, versions)
        sorting.verdicts.append(verdict)
    return sorting


def _repeated(sorting: Sorting, fact: FactIn, known: Version) -> Verdict:
    sorting.duplicates.add((*fact.key, fact.card_no))
    if known.readable and (fact.ml_req or 0) > (known.ml_req or 0):
        name = (*fact.key, fact.content_hash)
        sorting.ml_req[name] = max(fact.ml_req or 0, sorting.ml_req.get(name, 0))
        if fact.card_no is not None:
            sorting.cards.add(fact.card_no)
    return Verdict.DUP


def _arrived(sorting: Sorting, fact: FactIn, versions: list[Version]) -> Verdict:
    rivals = [known for known in versions if known.readable]
    readable = fact.flaw is None
    versions.append(Version(fact.content_hash, readable, fact.ml_req, fact.card_no))
    sorting.new.append(fact)
    if fact.flaw is FactFlaw.UNREADABLE:
        return Verdict.QUARANTINED
    if fact.card_no is not None:
        sorting.cards.add(fact.card_no)
    if not readable:
        return Verdict.QUARANTINED
    sorting.cards |= {rival.card_no for rival in rivals if rival.card_no is not None}
    if rivals:
        return Verdict.QUARANTINED
    sorting.first.append(fact)
    return Verdict.ACCEPTED
