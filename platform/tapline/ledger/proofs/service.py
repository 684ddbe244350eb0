"""Making the proof of a card's statement."""

from collections.abc import Mapping
from typing import Any

from tapline.errors import ConflictError, NotFoundError
from tapline.ledger import chart
from tapline.ledger.proofs.checker import FORMAT
from tapline.ledger.proofs.repository import Link, Placed, ProofRepository
from tapline.ledger.seals.merkle import leaf, path
from tapline.ledger.seals.repository import Head, SealRepository
from tapline.ledger.seals.rules import split
from tapline.uow import UnitOfWork

StatementProof = Mapping[str, Any]
"""A JSON document: `checker.check` says whether it is what was sealed. Hashes in hexadecimal."""


def prove(
    uow: UnitOfWork, *, tenant_id: str, card_no: str, head: Head | None = None
) -> StatementProof:
    """All sealed journals of a card, with what leads from each to `head`; the newest by default.

    What was posted behind the head is left out.

    Raises:
        NotFoundError: nothing of the card is sealed.
        ConflictError: a journal is not what was sealed: `verify` says more.
    """
    proofs = ProofRepository(uow, tenant_id)
    last = head or SealRepository(uow, tenant_id).head()
    codes = [account.code for account in chart.card(card_no)]
    placed = [one for one in proofs.of_accounts(codes) if last and one.seq <= last.seq]
    if last is None or not placed:
        raise NotFoundError(f"nothing of card {card_no} is sealed yet")
    links = proofs.links(placed[0].seq, last.seq)
    return {
        "format": FORMAT,
        "tenant": tenant_id,
        "card": card_no,
        "before": {"seq": links[0].seq - 1, "hash": links[0].previous_hash.hex()},
        "seals": [_link(link) for link in links],
        "journals": _proven(proofs, placed),
    }


def sealed_under(uow: UnitOfWork, *, tenant_id: str, journal_id: int) -> int | None:
    """The number of the seal that holds a journal; None while it waits for one.

    Raises `ConflictError` when the journal is not what was sealed.
    """
    proofs = ProofRepository(uow, tenant_id)
    found = proofs.of_journal(journal_id)
    if found is not None:
        _proven(proofs, [found])
    return found.seq if found else None


def _link(link: Link) -> dict[str, Any]:
    return {"journals": link.journals, "root": link.root.hex()}


def _proven(proofs: ProofRepository, placed: list[Placed]) -> list[dict[str, Any]]:
    """Each journal with its place in its seal, and the path from there to the root."""
    proven: list[dict[str, Any]] = []
    leaves: list[bytes] = []
    read = 0
    for text, seq in placed:
        if seq != read:
            leaves, read = split(proofs.leaves(seq)), seq
        due = leaf(text)
        if due not in leaves:
            raise ConflictError(
                f"a journal is not what seal {seq} holds: run `tapline ledger verify`"
            )
        place = leaves.index(due)
        neighbours = [one.hex() for one in path(leaves, place)]
        proven.append({"seal": seq, "place": place, "path": neighbours, "text": text})
    return proven
