from tapline import audit, devices, tenants
from tapline.cards.handovers.repository import HandoverRepository
from tapline.devices import Device, Stream, Vault, commands, credentials
from tapline.errors import ConflictError, InvalidError
from tapline.uow import UnitOfWork


def unsettled(uow: UnitOfWork, *, tenant_id: str, device_id: str) -> list[str]:
    """What keeps a machine from changing hands, each with what to do; empty where nothing does."""
    device = devices.get(uow, tenant_id=tenant_id, device_id=device_id)
    if commands.sells(uow, device_id=device_id):
        return ["it sells: send it stop_sale and wait until it is done"]
    wrong = _missing_facts(uow, device)
    money = HandoverRepository(uow, tenant_id)
    if leased := money.leased(device_id):
        wrong.append(f"{leased} vouchers are leased to it: wait until they are written or end")
    if held := money.held(device_id):
        wrong.append(f"{held} holds wait for its pours: wait until they are used or end")
    return wrong


def hand_over(
    uow: UnitOfWork,
    *,
    vault: Vault,
    tenant_id: str,
    device_id: str,
    to_tenant: str,
    actor: str,
    reason: str,
) -> str:
    """Give a machine to another operator: it is sent a key of theirs, and is theirs when it uses
    that. What it did before stays with this one.

    Returns:
        the id of the command that carries the key.

    Raises:
        NotFoundError: the tenant has no such machine.
        InvalidError: no such operator, or no reason.
        ConflictError: something is not settled; it says what to do.
    """
    if to_tenant == tenant_id or to_tenant not in tenants.ids(uow):
        raise InvalidError(f"no other operator {to_tenant!r}")
    if not reason.strip():
        raise InvalidError("say why: an auditor will ask")
    if wrong := unsettled(uow, tenant_id=tenant_id, device_id=device_id):
        raise ConflictError(f"{device_id} cannot change hands: {'; '.join(wrong)}")
    command_id = credentials.rotate(
        uow,
        vault=vault,
        tenant_id=tenant_id,
        device_id=device_id,
        actor=actor,
        reason=reason,
        to_tenant=to_tenant,
    )
    for owner, action in ((tenant_id, "device.give"), (to_tenant, "device.take")):
        audit.record(
            uow,
            tenant_id=owner,
            actor=actor,
            action=action,
            subject=f"device:{device_id}",
            reason=reason.strip(),
        )
    return command_id


def _missing_facts(uow: UnitOfWork, device: Device) -> list[str]:
    """Whether everything is here that the machine wrote until it stopped selling."""
    stop = commands.last_stop(uow, device_id=device.device_id)
    said = (stop.out or {}).get("seq_head") if stop else None
    stopped_at = stop.answered_at if stop else None
    if type(said) is not int:
        if device.hello_at is None or stopped_at is None or device.hello_at < stopped_at:
            return [
                "it has not said how many facts it wrote: send it reboot and wait for its hello"
            ]
        said = 0
    head = max(said, device.hello_seq_head or 0)
    missing = head - devices.upto(uow, device_id=device.device_id, stream=Stream.TXN)
    return [f"{missing} facts of it are not here: send it flush and wait"] if missing > 0 else []
