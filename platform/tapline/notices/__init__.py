"""Messages to people: told once, sent by a provider behind a port."""

from tapline.notices.model import Notice, NoticeState
from tapline.notices.provider import FileSms, SmsProvider, SmsRefusedError
from tapline.notices.service import queue_sms, send_waiting

__all__ = [
    "FileSms",
    "Notice",
    "NoticeState",
    "SmsProvider",
    "SmsRefusedError",
    "queue_sms",
    "send_waiting",
]
