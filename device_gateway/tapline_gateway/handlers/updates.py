"""How far machines have come with another firmware."""

from collections.abc import Sequence

from tapline import rollouts
from tapline.uow import UnitOfWork
from tapline_gateway.handlers.stored import Stored
from tapline_gateway.protocol import OtaReport
from tapline_gateway.reading import Answer


def reports(uow: UnitOfWork, letters: Sequence[Stored]) -> list[Answer]:
    """Take a machine's word on its update; what is unknown or old news changes nothing."""
    for letter, _ in letters:
        said = letter.message
        assert isinstance(said, OtaReport)
        rollouts.reported(
            uow,
            tenant_id=letter.tenant_id,
            device_id=letter.device_id,
            job_id=said.job,
            stage=said.st,
            percent=said.pct,
            rc=said.rc,
        )
    return []
