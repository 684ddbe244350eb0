"""What devices log in with: kept where brokers look for it."""

from tapline import events
from tapline.devices import Vault, credentials
from tapline.errors import ConflictError, NotFoundError
from tapline.settings import settings
from tapline.uow import UnitOfWork
from tapline_ops import enrolment
from tapline_ops.worker import consumer, database


@consumer
def admit_devices(_uow: UnitOfWork, event: events.CredentialsChanged) -> None:
    """Let in and cut off whom the broker on this machine should."""
    folder = settings().mqtt_folder
    if folder is not None:
        enrolment.admit_all(database(), folder)


@consumer
def rotate_key(uow: UnitOfWork, event: events.RotationAsked) -> None:
    """Make the next key of a device, and send it."""
    vault = Vault.at(settings().key_file)
    try:
        credentials.rotate(
            uow,
            vault=vault,
            tenant_id=event.tenant_id,
            device_id=event.device_id,
            actor=event.actor,
            reason=event.reason,
        )
    except (ConflictError, NotFoundError):
        return  # revoked or asked twice meanwhile: the page says so
