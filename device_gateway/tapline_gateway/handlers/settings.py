"""What a device says is in force: its settings, and the list of blocked cards that it keeps."""

from collections.abc import Sequence

from tapline import devices
from tapline.cards import blocklist
from tapline.devices import Device, configuration
from tapline.uow import UnitOfWork
from tapline_gateway.handlers.stored import Stored
from tapline_gateway.protocol import ConfigReport, ListState, list_hash
from tapline_gateway.reading import Answer


def reports(uow: UnitOfWork, letters: Sequence[Stored]) -> list[Answer]:
    """Take reported settings; what is said of the list acknowledges it, or has it sent anew."""
    for letter, _ in letters:
        said = letter.message
        assert isinstance(said, ConfigReport)
        device = devices.get(uow, tenant_id=letter.tenant_id, device_id=letter.device_id, lock=True)
        kept = ListState.read(said.doc)
        if kept is not None:
            _take_word(uow, device, kept)
        settings = said.doc if kept is None else ListState.without(said.doc)
        if settings or kept is None:
            devices.report_config(device=device, version=said.ver, document=settings)
            configuration.reported(uow, device=device)
    return []


def _take_word(uow: UnitOfWork, device: Device, kept: ListState) -> None:
    tenant_id, device_id = device.tenant_id, device.device_id
    ours = list_hash(blocklist.listed(uow, tenant_id=tenant_id, version=kept.ver))
    if kept.hash not in {None, ours}:
        blocklist.mistrusted(uow, tenant_id=tenant_id, device_id=device_id)
        return
    seq_head = device.hello_seq_head or 0 if kept.seq is None else kept.seq
    blocklist.acknowledged(
        uow, tenant_id=tenant_id, device_id=device_id, version=kept.ver, seq_head=seq_head
    )
