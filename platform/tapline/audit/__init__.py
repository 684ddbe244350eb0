"""The audit trail: who did or looked at what, from where, when and why."""

from tapline.audit.model import AuditEntry
from tapline.audit.service import SYSTEM, about, came_from, newest, record

__all__ = ["SYSTEM", "AuditEntry", "about", "came_from", "newest", "record"]
