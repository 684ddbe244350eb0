"""Sending messages to people."""

from tapline import notices
from tapline.events import NoticeQueued
from tapline.settings import settings
from tapline.uow import UnitOfWork
from tapline_ops.worker import app, consumer, database


@consumer
def send_notices(_uow: UnitOfWork, event: NoticeQueued) -> None:
    """Wake the sender: the provider is called outside any transaction, this one included."""
    app.send_task("send_due_notices")


def send_due_notices() -> None:
    """Hand what waits to the provider."""
    log = settings().sms_log
    if log is not None:
        notices.send_waiting(database(), notices.FileSms(log))


app.task(send_due_notices, name=send_due_notices.__name__)
