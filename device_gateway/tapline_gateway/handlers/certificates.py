"""Devices that ask for a certificate, the first or the next."""

from collections.abc import Sequence

from tapline.devices import Vault, certificates
from tapline.devices.credentials import decoded, encoded
from tapline.errors import ConflictError, InvalidError, NotFoundError
from tapline.uow import UnitOfWork
from tapline_gateway.handlers.stored import Stored
from tapline_gateway.protocol import CertificateAnswer, CertificateRequest, format_ts
from tapline_gateway.reading import Answer, Letter


def requests(uow: UnitOfWork, letters: Sequence[Stored], vault: Vault) -> list[Answer]:
    """Issue what may be issued, and say why where nothing may."""
    return [
        Answer(letter.tenant_id, letter.device_id, _answer(uow, letter, vault))
        for letter, _ in letters
    ]


def _answer(uow: UnitOfWork, letter: Letter, vault: Vault) -> CertificateAnswer:
    said = letter.message
    assert isinstance(said, CertificateRequest)
    try:
        issued = certificates.requested(
            uow,
            vault=vault,
            tenant_id=letter.tenant_id,
            device_id=letter.device_id,
            request=decoded(said.csr),
        )
    except InvalidError:
        return CertificateAnswer(req=said.req, ok=False, why="csr")
    except ConflictError:
        return CertificateAnswer(req=said.req, ok=False, why="limit")
    except NotFoundError:
        return CertificateAnswer(req=said.req, ok=False, why="none")
    return CertificateAnswer(
        req=said.req,
        ok=True,
        cert=encoded(issued.certificate.der),
        issuer=encoded(issued.chain.issuing_der),
        root=encoded(issued.chain.root_der),
        exp=format_ts(issued.certificate.ends_at),
    )
