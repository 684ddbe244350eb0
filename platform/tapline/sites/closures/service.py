from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from tapline import audit, clock
from tapline.errors import ConflictError, NotFoundError
from tapline.ids import new_id
from tapline.sites.closures import rules
from tapline.sites.closures.model import Closure, ClosureKind
from tapline.sites.closures.repository import ClosureRepository
from tapline.sites.closures.rules import Span
from tapline.sites.service import listed as sites_listed
from tapline.uow import UnitOfWork

_BY_HAND = "hand"


def closed(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    site_id: UUID,
    at: datetime,
    device_id: str | None = None,
) -> Closure | None:
    """The closure that covers a site, or one machine of it, at `at`; None where it is in use."""
    return ClosureRepository(uow, tenant_id).covering(site_id, device_id, at)


def listed(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    since: datetime,
    until: datetime | None = None,
    among: Collection[UUID] | None = None,
) -> Sequence[Closure]:
    """What shares time with `since` to `until`, or anything after, in order of its beginning.

    Those that were withdrawn are left out; `among` are sites.
    """
    return ClosureRepository(uow, tenant_id).between(among, since, until)


def announce(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    site_id: UUID,
    kind: ClosureKind,
    span: Span,
    actor: str,
    device_id: str | None = None,
) -> Closure:
    """A site, or one machine of it, will not be used.

    Raises:
        NotFoundError: the tenant has no such site.
        InvalidError: the times cannot be, or nobody says why.
    """
    rules.check(span)
    if not sites_listed(uow, tenant_id=tenant_id, among=[site_id]):
        raise NotFoundError(f"no site {site_id}")
    closure = _new(tenant_id, site_id, span, kind=kind, actor=actor, device_id=device_id)
    ClosureRepository(uow, tenant_id).add(closure)
    _record(uow, closure, actor, "closure.announce")
    return closure


def change(
    uow: UnitOfWork, *, tenant_id: str, closure_id: UUID, ends_at: datetime | None, actor: str
) -> Closure:
    """It ends at another time, or nobody knows when.

    Raises:
        NotFoundError: the tenant has no such closure.
        InvalidError: it would end before it began.
        ConflictError: it was withdrawn, or follows a school's calendar.
    """
    closure = _own(uow, tenant_id, closure_id)
    rules.check(Span(closure.began_at, ends_at, closure.words))
    closure.ends_at = ends_at
    _record(uow, closure, actor, "closure.change")
    return closure


def withdraw(uow: UnitOfWork, *, tenant_id: str, closure_id: UUID, actor: str) -> Closure:
    """It does not take place. Saying it again changes nothing.

    Raises:
        NotFoundError: the tenant has no such closure.
        ConflictError: it follows a school's calendar.
    """
    closure = ClosureRepository(uow, tenant_id).get(closure_id)
    if closure.withdrawn_at is None:
        _check_by_hand(closure)
        closure.withdrawn_at, closure.withdrawn_by = clock.now(), actor
        _record(uow, closure, actor, "closure.withdraw")
    return closure


def mirror(
    uow: UnitOfWork, *, tenant_id: str, site_id: UUID, source: str, spans: Collection[Span]
) -> None:
    """Make the closures that follow another calendar those of `spans`."""
    closures = ClosureRepository(uow, tenant_id)
    kept = {
        Span(one.began_at, one.ends_at, one.words): one
        for one in closures.of_source(site_id, source)
    }
    gone, fresh = rules.difference(kept, spans)
    for span in gone:
        kept[span].withdrawn_at, kept[span].withdrawn_by = clock.now(), audit.SYSTEM
    for span in sorted(fresh, key=lambda one: one.began_at):
        made = _new(tenant_id, site_id, span, kind=ClosureKind.HOLIDAY, source=source)
        closures.add(made)


def _own(uow: UnitOfWork, tenant_id: str, closure_id: UUID) -> Closure:
    closure = ClosureRepository(uow, tenant_id).get(closure_id)
    if closure.withdrawn_at is not None:
        raise ConflictError("it was withdrawn: announce it anew")
    _check_by_hand(closure)
    return closure


def _check_by_hand(closure: Closure) -> None:
    if closure.source != _BY_HAND:
        raise ConflictError("it follows the calendar of a school: change that")


def _new(
    tenant_id: str,
    site_id: UUID,
    span: Span,
    *,
    kind: ClosureKind,
    actor: str = audit.SYSTEM,
    source: str = _BY_HAND,
    device_id: str | None = None,
) -> Closure:
    return Closure(
        closure_id=new_id(),
        tenant_id=tenant_id,
        site_id=site_id,
        device_id=device_id,
        kind=kind,
        began_at=span.began_at,
        ends_at=span.ends_at,
        words=span.words.strip(),
        source=source,
        made_by=actor,
        made_at=clock.now(),
    )


def _record(uow: UnitOfWork, closure: Closure, actor: str, action: str) -> None:
    audit.record(
        uow,
        tenant_id=closure.tenant_id,
        actor=actor,
        action=action,
        subject=f"site:{closure.site_id}",
        reason=closure.words,
    )
