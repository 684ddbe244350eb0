"""What devices log in with: kept where brokers look for it."""

from tapline import events
from tapline.devices import Vault, credentials
from tapline.errors import ConflictError, NotFoundError
from tapline.settings import settings
from tapline.uow import UnitOfWork
from tapline_ops import enrolment
from tapline_ops.embedded import kicking
from tapline_ops.embedded.broker import Login
from tapline_ops.worker import app, consumer, database

_FETCHED_S = 4


@consumer
def admit_devices(_uow: UnitOfWork, event: events.CredentialsChanged) -> None:
    """Let in and cut off whom the broker on this machine should."""
    given = settings()
    if given.mqtt_folder is not None:
        enrolment.admit_all(database(), given.mqtt_folder, Vault.at(given.key_file))
    if event.cuts:
        cut_off(event.device_id)
        # A broker that fetches our files by itself does so a little later.
        app.send_task(cut_off.__name__, (event.device_id,), countdown=_FETCHED_S)


def cut_off(device_id: str) -> None:
    """End what a device is connected with."""
    given = settings()
    login = Login(given.mqtt_user, given.mqtt_password.get_secret_value())
    kicking.kick(given.mqtt_host, given.mqtt_port, login, device_id)


app.task(cut_off, name=cut_off.__name__)


def renew_broker() -> None:
    """Give the broker on this machine its next certificate where that is due."""
    given = settings()
    if given.mqtt_folder is not None:
        enrolment.renew_broker(database(), given.mqtt_folder, vault=Vault.at(given.key_file))


app.task(renew_broker, name=renew_broker.__name__)


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
