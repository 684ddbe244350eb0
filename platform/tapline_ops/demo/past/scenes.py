"""Scenes, played in the order of their times."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from tapline import clock
from tapline.notices import Notice, NoticeState
from tapline.outbox import OutboxMessage, OutboxRepository
from tapline.uow import UnitOfWork
from tapline_ops import tasks  # noqa: F401 (what handles events registers itself)
from tapline_ops.subscriptions import SUBSCRIPTIONS
from tapline_ops.worker import CONSUMERS

_OUTSIDE = frozenset({"NoticeQueued", "PayoutQueued", "PortCommandQueued", "GraduationApproved"})
"""What wakes those who call providers: for the living."""
_AT_ONCE = 500


class Scene(NamedTuple):
    """What somebody does at a moment. What follows from it happens at once where a later scene
    builds on it, else when there are workers."""

    at: datetime
    act: Callable[[UnitOfWork], object]
    is_followed: bool = False


def play(uow: UnitOfWork, scenes: Iterable[Scene]) -> None:
    """Let each happen at its time, or now where that is to come."""
    now = clock.now()
    for scene in sorted(scenes, key=lambda one: one.at):
        with clock.frozen(min(scene.at, now)):
            before = _newest(uow) if scene.is_followed else 0
            scene.act(uow)
            if scene.is_followed:
                _follow(uow, before)
    _send_texts(uow)


def _newest(uow: UnitOfWork) -> int:
    return uow.session.scalar(select(func.max(OutboxMessage.position))) or 0


def _follow(uow: UnitOfWork, after: int) -> None:
    """What workers would have done with the events of a scene."""
    outbox = OutboxRepository(uow.session)
    uow.session.flush()
    while waiting := [one for one in outbox.take(_AT_ONCE) if _is_followed(one, after)]:
        for message in waiting:
            for task in SUBSCRIPTIONS.get(message.type, ()):
                if outbox.first_time(message.event_id, task):
                    CONSUMERS[task](uow, message.payload)
        outbox.mark_relayed(waiting)
        uow.session.flush()


def _is_followed(message: OutboxMessage, after: int) -> bool:
    return message.position > after and message.type not in _OUTSIDE


def _send_texts(uow: UnitOfWork) -> None:
    """Texts of the time were sent then: nobody's telephone rings for them today."""
    for text in uow.session.scalars(select(Notice).where(Notice.state == NoticeState.WAITING)):
        text.state, text.sent_at = NoticeState.SENT, text.created_at
