"""What can be wrong with a machine, as people choose it by a picture, and taking it down."""

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from tapline import tickets
from tapline.devices import Device
from tapline.tickets import About, Source, Ticket
from tapline.uow import UnitOfWork
from tapline_api.words import N_


class Trouble(StrEnum):
    """A picture on the form."""

    NO_WATER = "no_water"
    LEAK = "leak"
    DIRTY = "dirty"
    CARD = "card"
    NOISE = "noise"
    OTHER = "other"


NAMES = {
    Trouble.NO_WATER: N_("No water comes"),
    Trouble.LEAK: N_("It leaks"),
    Trouble.DIRTY: N_("Water or tap is dirty"),
    Trouble.CARD: N_("It does not read cards"),
    Trouble.NOISE: N_("It is noisy"),
    Trouble.OTHER: N_("Something else is wrong"),
}
_CATEGORIES = {
    Trouble.NO_WATER: "device_fault",
    Trouble.LEAK: "leak",
    Trouble.DIRTY: "water_quality",
    Trouble.CARD: "card_reader",
    Trouble.NOISE: "noise",
    Trouble.OTHER: "machine_other",
}
_SAID = {
    Trouble.NO_WATER: "不出水",
    Trouble.LEAK: "漏水",
    Trouble.DIRTY: "水或龙头脏",
    Trouble.CARD: "刷卡无反应",
    Trouble.NOISE: "异响",
    Trouble.OTHER: "其他问题",
}
"""What the timeline says where nobody typed anything: the desk reads Chinese."""


def take_down(
    uow: UnitOfWork,
    *,
    device: Device,
    trouble: Trouble,
    words: str,
    file_ids: Sequence[UUID],
    source: Source,
    actor: str,
) -> Ticket:
    """The case of this trouble at this machine: the open one, where there is one."""
    said = " ".join(words.split())
    return tickets.report(
        uow,
        tenant_id=device.tenant_id,
        category=_CATEGORIES[trouble],
        about=About(source=source, device_id=device.device_id, facts={"words": said[:60]}),
        actor=actor,
        words=f"{_SAID[trouble]}：{said}" if said else _SAID[trouble],
        file_ids=file_ids,
    )
