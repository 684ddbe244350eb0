from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from tapline import audit, clock, devices, files, policy
from tapline.errors import InvalidError, NotFoundError
from tapline.ids import new_id
from tapline.uow import UnitOfWork
from tapline.water.care import rules
from tapline.water.care.model import FilterKind, Treatment, TreatmentKind
from tapline.water.care.repository import TreatmentRepository
from tapline.water.care.rules import FilterLife

AHEAD_MAX = timedelta(minutes=5)
"""A telephone's clock may run so far ahead of ours."""
NOTE_MAX = 500


def record_treatment(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    device_id: str,
    kind: TreatmentKind,
    actor: str,
    at: datetime,
    file_ids: Sequence[UUID] = (),
    note: str = "",
    filter_kind: FilterKind | None = None,
) -> Treatment:
    """Write down what was done for a machine's water, by whom and when.

    A change of a filter says which; nothing else does. `file_ids` are photos that were kept.

    Raises:
        NotFoundError: the tenant has no such machine or photo.
        InvalidError: it lies ahead, or a change does not say of which filter.
    """
    device = devices.get(uow, tenant_id=tenant_id, device_id=device_id)
    if (kind is TreatmentKind.FILTER_CHANGE) != (filter_kind is not None):
        raise InvalidError("say which filter was changed, and only where one was")
    check_moment(at)
    check_files(uow, tenant_id, file_ids)
    treatment = Treatment(
        treatment_id=new_id(),
        tenant_id=tenant_id,
        device_id=device_id,
        kind=kind,
        filter_kind=filter_kind,
        total_ml=device.total_ml,
        actor=actor,
        at=at,
        note=note.strip()[:NOTE_MAX],
        file_ids=[str(one) for one in file_ids],
        recorded_at=clock.now(),
    )
    TreatmentRepository(uow, tenant_id).add(treatment)
    audit.record(
        uow,
        tenant_id=tenant_id,
        actor=actor,
        action=f"water.{kind.value}",
        subject=f"device:{device_id}",
        reason=f"{filter_kind.value if filter_kind else ''} {treatment.note}".strip(),
    )
    return treatment


def treatments_of(
    uow: UnitOfWork, *, tenant_id: str, device_ids: Collection[str], limit: int = 50
) -> Sequence[Treatment]:
    """What was done for these machines' water, newest first."""
    return TreatmentRepository(uow, tenant_id).of(device_ids, limit)


def filters(
    uow: UnitOfWork, *, tenant_id: str, device_ids: Collection[str]
) -> Mapping[str, list[FilterLife]]:
    """How far the filters of these machines are worn, those whose change was recorded, in the
    order in which water meets them."""
    in_force, now = policy.current(uow, tenant_id=tenant_id), clock.now()
    machines = {one.device_id: one for one in devices.listed(uow, tenant_id=tenant_id)}
    found: dict[str, list[FilterLife]] = defaultdict(list)
    for change in TreatmentRepository(uow, tenant_id).newest(device_ids):
        if change.kind is TreatmentKind.FILTER_CHANGE:
            total_ml = machines[change.device_id].total_ml
            found[change.device_id].append(rules.life(in_force, change, total_ml, now))
    order = list(FilterKind)
    return {
        name: sorted(ones, key=lambda one: order.index(one.kind)) for name, ones in found.items()
    }


def check_moment(at: datetime) -> None:
    """Refuse what has not happened yet.

    Raises:
        InvalidError: it lies ahead.
    """
    if at > clock.now() + AHEAD_MAX:
        raise InvalidError("it lies ahead: write down what was done, when it was done")


def check_files(uow: UnitOfWork, tenant_id: str, file_ids: Sequence[UUID]) -> None:
    """Refuse files that are not the tenant's.

    Raises:
        NotFoundError: one is not.
    """
    known = {one.file_id for one in files.listed(uow, tenant_id=tenant_id, file_ids=file_ids)}
    if missing := set(file_ids) - known:
        raise NotFoundError(f"no file {min(missing)}")
