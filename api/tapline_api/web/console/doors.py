"""Which rooms of the console open to whom: the desk works with customers, finance with money."""

from typing import Annotated

from fastapi import Depends

from tapline.people import Role
from tapline_api.deps import CurrentAgent, Member, WrongDoorError


def operator(member: CurrentAgent) -> Member:
    """Everybody at the desk but finance; `WrongDoorError` else."""
    if member.staff.role is Role.FINANCE:
        raise WrongDoorError
    return member


def _treasurer(member: CurrentAgent) -> Member:
    if member.staff.role is Role.AGENT:
        raise WrongDoorError
    return member


Operator = Annotated[Member, Depends(operator)]
"""Who speaks with customers and sends people out: everybody at the desk but finance."""

Treasurer = Annotated[Member, Depends(_treasurer)]
"""Who sees all that was paid in and out: everybody at the desk but agents."""
