"""A site of four dispensers with a past: the first one's pre-filter is near its end."""

from tapline import faults, sites
from tapline.faults.models import FaultModel
from tapline.sites import SiteKind
from tapline.uow import UnitOfWork
from tapline_ml import artefact, card
from tapline_ops import prediction
from tapline_ops.prediction.training import Learnt
from tests import factories

CLOGS = "WD-0001"
DEVICES = (CLOGS, "WD-0002", "WD-0003", "WD-0004")


def build(uow: UnitOfWork, tenant_id: str, devices: tuple[str, ...]) -> None:
    """The tenant, its site and devices, and their telemetry of the last weeks."""
    factories.tenant(uow, tenant_id)
    site = sites.create(
        uow,
        tenant_id=tenant_id,
        code="HZ-01",
        name="西溪花园",
        name_en="Xixi Gardens",
        kind=SiteKind.COMMUNITY,
        address="杭州市西湖区文二西路 712 号",
        x=1,
        y=1,
    )
    for device_id in devices:
        factories.device(uow, device_id, tenant_id).device.site_id = site.site_id
    uow.session.flush()
    prediction.backfill(uow, tenant_id=tenant_id, device_ids=devices)


def register(
    uow: UnitOfWork, learnt: Learnt, tenant_id: str = "demo", **changes: str
) -> FaultModel:
    """Put what was learnt into the registry."""
    packed = artefact.pack(learnt.predictor)
    return faults.models.add(
        uow,
        tenant_id=tenant_id,
        artefact=packed.content,
        sha256=changes.get("sha256", packed.sha256),
        sklearn_version=changes.get("sklearn_version", packed.sklearn_version),
        schema_hash=packed.schema_hash,
        learnt_from=learnt.learnt_from,
        metrics=learnt.metrics,
        card=card.write(learnt_from=learnt.learnt_from, metrics=learnt.metrics),
    )
