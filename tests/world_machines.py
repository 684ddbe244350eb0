"""What machines of the estate were told and set to, and machines that are still to come."""

from tapline import people
from tapline.devices import commands, configuration, provisioning
from tapline.devices.configuration import Level
from tapline.people import Role
from tapline.uow import UnitOfWork
from tests import factories
from tests.world import World

_LIST = b"serial,batch,model,firmware\nSHIP-0001,B1,RO-50,2.4.1\n"


def kept(uow: UnitOfWork, estate: World) -> dict[str, str]:
    """Commands and settings of the first machine, a shipment and its batch; ids by name."""
    keeper, _ = people.create_staff(
        uow, tenant_id="demo", login="machines.keeper", name="设备主管", role=Role.SUPERVISOR
    )
    device_id = estate.devices[0]
    for op in ("selftest", "stop_sale"):
        commands.send(uow, staff=keeper, device_id=device_id, op=op, args={}, reason="巡检")
    configuration.put(
        uow,
        staff=keeper,
        level=Level.DEVICE,
        key=device_id,
        name="tele_s",
        value=60,
        reason="巡检",
    )
    provisioning.import_shipment(
        uow, tenant_id="demo", maker="蓝泉", content=_LIST, actor=keeper.login
    )
    login = provisioning.open_batch(
        uow,
        vault=factories.VAULT,
        tenant_id="demo",
        maker="蓝泉",
        batch="B1",
        days=30,
        actor=keeper.login,
    )
    return {"serial": "SHIP-0001", "claim_id": login.batch.claim_id}
