"""What everybody may know of the water of a machine and a site; nothing about people."""

from tapline.water.publication.service import (
    Day,
    MachineWater,
    Nearest,
    SiteWater,
    of_machine,
    of_site,
)

__all__ = ["Day", "MachineWater", "Nearest", "SiteWater", "of_machine", "of_site"]
