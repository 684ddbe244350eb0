"""Cutting off at the broker whoever is let in no more."""

from tapline.devices import evictions
from tapline.events import CredentialsChanged
from tapline.settings import settings
from tapline.uow import UnitOfWork
from tapline_ops.providers.brokers import kicker
from tapline_ops.worker import app, consumer, database


@consumer
def evict_device(uow: UnitOfWork, event: CredentialsChanged) -> None:
    """Note whom to cut off; the broker is asked outside any transaction, this one included."""
    if event.cuts and settings().emqx_api_url:
        evictions.ask(uow, client_id=event.device_id)
        app.send_task("send_evictions")


def send_evictions() -> None:
    """Cut off whoever is due."""
    kick = kicker(settings())
    if kick is not None:
        evictions.carry_out(database(), kick)


app.task(send_evictions, name=send_evictions.__name__)
