import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from tapline import audit, clock
from tapline.errors import InvalidError
from tapline.hotline.lists import rules
from tapline.hotline.lists.model import CallerEntry, ListKind
from tapline.hotline.lists.repository import CallerListRepository
from tapline.ids import new_id
from tapline.uow import UnitOfWork


def list_caller(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    kind: ListKind,
    pattern: str,
    reason: str,
    actor: str,
    expires_at: datetime | None = None,
) -> CallerEntry:
    """Put a number, or with `*` at the end a beginning of three digits or more, on a list.

    On the list already, its reason and its end are what they are now said to be.

    Raises:
        InvalidError: not a number, or no reason.
    """
    if not re.fullmatch(r"\d{3,15}\*|\d{5,15}", pattern):
        raise InvalidError(f"{pattern!r}: write a number, or three digits or more and a *")
    if not reason.strip():
        raise InvalidError("say why: whoever looks at the list later must know")
    entries = CallerListRepository(uow, tenant_id)
    entry = entries.of_pattern(kind, pattern)
    if entry is None:
        entry = CallerEntry(
            entry_id=new_id(),
            tenant_id=tenant_id,
            kind=kind,
            pattern=pattern,
            reason=reason.strip(),
            actor=actor,
            created_at=clock.now(),
            expires_at=expires_at,
        )
        entries.add(entry)
    entry.reason, entry.expires_at = reason.strip(), expires_at
    _note(uow, entry, actor, "listed")
    return entry


def unlist_caller(uow: UnitOfWork, *, tenant_id: str, entry_id: UUID, actor: str) -> None:
    """Take an entry off its list; `NotFoundError` where the tenant has none such."""
    entries = CallerListRepository(uow, tenant_id)
    entry = entries.get(entry_id)
    entries.remove(entry)
    _note(uow, entry, actor, "unlisted")


def listed_callers(uow: UnitOfWork, *, tenant_id: str) -> Sequence[CallerEntry]:
    """Every entry, newest first, those that ran out included."""
    return CallerListRepository(uow, tenant_id).listed()


def list_hit(uow: UnitOfWork, *, tenant_id: str, number: str) -> CallerEntry | None:
    """The entry that speaks for a number now, if one does."""
    if not number:
        return None
    return rules.deciding(CallerListRepository(uow, tenant_id).fitting(number, clock.now()))


def _note(uow: UnitOfWork, entry: CallerEntry, actor: str, what: str) -> None:
    audit.record(
        uow,
        tenant_id=entry.tenant_id,
        actor=actor,
        action=f"caller.{what}",
        subject=f"caller:{entry.kind.value}:{entry.pattern}",
        reason=entry.reason,
    )
