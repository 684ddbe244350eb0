"""The weeks before: what an operator, its partners and its customers did before anybody looked.

Told as scenes, each at its own time, through the same services and the same gateway as everything
else; so every page of the demonstration has something to show.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from tapline.devices import Vault
from tapline.people import Customer
from tapline.sites import Site
from tapline.uow import UnitOfWork
from tapline_ops.demo import staff
from tapline_ops.demo.fleet import FleetDevice, Memory
from tapline_ops.demo.past import (
    accountability,
    bills,
    books,
    campus,
    counter,
    days,
    employers,
    firmware,
    issuers,
    meters,
    neighbours,
    outages,
    partners,
    upkeep,
    visitor,
    water,
)
from tapline_ops.demo.past.machines import Machine
from tapline_ops.demo.past.scenes import Scene, play
from tapline_ops.demo.past.stage import Past

__all__ = ["live_through"]

_STORIES: Final[tuple[Callable[[Past], Iterator[Scene]], ...]] = (
    days.scenes,
    partners.scenes,
    outages.scenes,
    meters.scenes,
    accountability.scenes,
    issuers.scenes,
    campus.scenes,
    employers.scenes,
    counter.scenes,
    visitor.scenes,
    neighbours.scenes,
    bills.scenes,
    books.scenes,
    upkeep.scenes,
    water.scenes,
    firmware.scenes,
)
_ACTIVE = 5
"""So many dispensers have a past: one on each site."""


def live_through(
    uow: UnitOfWork,
    *,
    devices: Sequence[FleetDevice],
    places: Sequence[Site],
    visitor_is: Customer,
    neighbour: Customer,
    vault: Vault,
    identity: Vault,
) -> tuple[dict[str, Memory], list[dict[str, Any]]]:
    """Play it all. `visitor_is` the one whose phone is printed, the `neighbour` waits for barrels.

    What the dispensers that took part remember, by id, and what really happened.
    """
    told: list[dict[str, Any]] = []
    past = Past(
        vault=vault,
        identity=identity,
        places=list(places),
        machines=[Machine.of(one, vault, told) for one in devices[:_ACTIVE]],
        visitor=visitor_is,
        neighbour=neighbour,
        people=staff.by_login(uow),
        told=told,
    )
    play(uow, [scene for story in _STORIES for scene in story(past)])
    return {one.device_id: one.memory for one in past.machines}, told
