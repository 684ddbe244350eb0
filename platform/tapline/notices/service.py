from uuid import UUID

from tapline import clock
from tapline.events import NoticeQueued
from tapline.ids import new_id
from tapline.notices import rules
from tapline.notices.model import Channel, Notice, NoticeState
from tapline.notices.provider import SmsProvider, SmsRefusedError
from tapline.notices.repository import NoticeRepository
from tapline.uow import Database, UnitOfWork

_BLOTTED = "…"


def queue_sms(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    dedupe_key: str,
    phone: str,
    text: str,
    secret: bool = False,
) -> None:
    """Let `text` be sent to `phone` once this transaction commits; the same key only once ever.

    A `secret` text is blotted out when it has been sent or given up.
    """
    now, notice_id = clock.now(), new_id()
    added = NoticeRepository(uow).add_once(
        {
            "notice_id": notice_id,
            "tenant_id": tenant_id,
            "dedupe_key": dedupe_key,
            "channel": Channel.SMS,
            "recipient": phone,
            "text": text,
            "secret": secret,
            "state": NoticeState.WAITING,
            "attempts": 0,
            "created_at": now,
            "due_at": now,
        }
    )
    if added:
        uow.emit(NoticeQueued(tenant_id=tenant_id, notice_id=notice_id))


def send_waiting(database: Database, provider: SmsProvider, *, limit: int = 50) -> int:
    """Hand what is due to the provider; how many it took.

    Opens its own transactions, one before and one after each call: the provider is slow and
    outside, and no lock waits for it. A process that dies in between leaves the notice to be
    tried again under the same id.
    """
    sent = 0
    for notice in _claimed(database, limit):
        error, final = _sent(provider, notice)
        with database.transaction() as uow:
            _settle(uow, notice.notice_id, error, final=final)
        sent += error is None
    return sent


def _claimed(database: Database, limit: int) -> list[Notice]:
    now, taken = clock.now(), []
    with database.transaction() as uow:
        for notice in NoticeRepository(uow).due(now, limit):
            if rules.is_stale(created_at=notice.created_at, secret=notice.secret, now=now):
                _end(notice, NoticeState.FAILED, "too old to be of use")
                continue
            notice.attempts += 1
            notice.due_at = now + rules.ATTEMPT
            taken.append(notice)
    return taken


def _sent(provider: SmsProvider, notice: Notice) -> tuple[str | None, bool]:
    """What went wrong, if anything, and whether that is final."""
    try:
        provider.send(notice_id=notice.notice_id, phone=notice.recipient, text=notice.text)
    except SmsRefusedError as error:
        return str(error), True
    except Exception as error:  # however a provider fails, it is recorded and tried again
        return f"{type(error).__name__}: {error}", False
    return None, True


def _settle(uow: UnitOfWork, notice_id: UUID, error: str | None, *, final: bool) -> None:
    notice = NoticeRepository(uow).find(notice_id)
    if notice is None or notice.state is not NoticeState.WAITING:
        return
    if not final:
        notice.error = error
        notice.due_at = clock.now() + rules.pause(notice.attempts)
        return
    _end(notice, NoticeState.FAILED if error else NoticeState.SENT, error)


def _end(notice: Notice, state: NoticeState, error: str | None) -> None:
    notice.state, notice.error = state, error
    if state is NoticeState.SENT:
        notice.sent_at = clock.now()
    if notice.secret:
        notice.text = _BLOTTED
