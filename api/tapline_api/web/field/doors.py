"""Which of the phone pages open to whom."""

from typing import Annotated

from fastapi import Depends

from tapline.people import Role
from tapline_api.deps import CurrentFieldWorker, Member, WrongDoorError


def _technician(member: CurrentFieldWorker) -> Member:
    if member.staff.role is not Role.TECHNICIAN:
        raise WrongDoorError
    return member


Technician = Annotated[Member, Depends(_technician)]
"""Who looks after machines."""
