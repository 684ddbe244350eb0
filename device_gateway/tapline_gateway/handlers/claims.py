"""New devices that ask for a key of their own."""

from collections.abc import Sequence

from tapline.devices import Vault, provisioning
from tapline.uow import UnitOfWork
from tapline_gateway.handlers.stored import Stored
from tapline_gateway.protocol import Claim, ClaimAnswer
from tapline_gateway.reading import Answer, Letter


def claims(uow: UnitOfWork, letters: Sequence[Stored], vault: Vault) -> list[Answer]:
    """Check each against the shipment list, and answer into the branch of its batch."""
    return [_claim(uow, letter, vault) for letter, _ in letters]


def _claim(uow: UnitOfWork, letter: Letter, vault: Vault) -> Answer:
    said = letter.message
    assert isinstance(said, Claim)
    question = provisioning.Question(letter.device_id, said.serial, said.pub)
    claimed = provisioning.claim(uow, vault=vault, tenant_id=letter.tenant_id, question=question)
    answer = ClaimAnswer(
        req=said.req,
        serial=said.serial,
        ok=claimed.box is not None,
        pub=claimed.box.public_key if claimed.box else None,
        box=claimed.box.content if claimed.box else None,
        why=claimed.why,
    )
    return Answer(letter.tenant_id, letter.device_id, answer)
