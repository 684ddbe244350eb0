import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from tapline import audit, clock, policy
from tapline.errors import ConflictError, DeniedError, InvalidError
from tapline.files.rules import plain_name
from tapline.ids import new_id
from tapline.imports import applying, checking, comparing, undoing, workbooks
from tapline.imports.model import Import, ImportLine, ImportState, LineState
from tapline.imports.repository import ImportRepository, LineRepository
from tapline.imports.rules import require_reason, require_second, require_state
from tapline.uow import UnitOfWork

_SOURCE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_KEPT: Final = timedelta(days=14)
_OBSTACLES_TOLD: Final = 200


def upload(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    source: str,
    files: Sequence[tuple[str, bytes]],
    actor: str,
) -> Import:
    """Keep a workbook, a CSV, several or a zip of them, to be checked by a worker.

    Raises:
        InvalidError: the source is none, or there is no file or more than we read.
    """
    if not _SOURCE.fullmatch(source):
        raise InvalidError(f"source {source!r}: use 1 to 32 small letters, digits and hyphens")
    if not files:
        raise InvalidError("choose a file first: the template filled in, as Excel or CSV")
    name, content = files[0]
    if len(files) > 1:
        name, content = f"{name} +{len(files) - 1}", workbooks.zipped(files)
    if len(content) > workbooks.BYTES_MAX:
        raise InvalidError(f"more than {workbooks.BYTES_MAX // 2**20} MiB: split it")
    found = Import(
        import_id=new_id(),
        tenant_id=tenant_id,
        source=source,
        name=plain_name(name),
        sha256=hashlib.sha256(content).digest(),
        content=content,
        state=ImportState.CHECKING,
        uploaded_by=actor,
        uploaded_at=clock.now(),
    )
    ImportRepository(uow, tenant_id).add(found)
    _record(uow, found, actor, "upload", found.name)
    return found


def get(uow: UnitOfWork, *, tenant_id: str, import_id: UUID) -> Import:
    """One import; `NotFoundError` where the tenant has none such."""
    return ImportRepository(uow, tenant_id).get(import_id)


def listed(uow: UnitOfWork, *, tenant_id: str, limit: int = 100) -> Sequence[Import]:
    """The newest first."""
    return ImportRepository(uow, tenant_id).listed(limit)


def counts(uow: UnitOfWork, *, found: Import) -> Mapping[str, Mapping[LineState, int]]:
    """How many lines are in which state, by sheet."""
    return LineRepository(uow, found).counts()


def obstructed(uow: UnitOfWork, *, found: Import) -> Sequence[ImportLine]:
    """The first lines that could not be applied, or not be undone."""
    return LineRepository(uow, found).obstructed(_OBSTACLES_TOLD)


def needs_second(uow: UnitOfWork, *, found: Import) -> bool:
    """Whether so much money takes two people."""
    return found.total_fen > policy.current(uow, tenant_id=found.tenant_id).import_alone_fen_max


def approve(uow: UnitOfWork, *, tenant_id: str, import_id: UUID, actor: str) -> Import:
    """Let a checked import be applied; said again, it is approved already.

    Raises:
        NotFoundError: the tenant has no such import.
        ConflictError: something is wrong with it, it was set aside, or another import of its
            source is being undone.
        DeniedError: it is so much money that another than who sent it has to look.
    """
    found = ImportRepository(uow, tenant_id).get(import_id, lock=True)
    if found.approved_by == actor:
        return found
    require_state(found, ImportState.CHECKED)
    alone_fen = policy.current(uow, tenant_id=tenant_id).import_alone_fen_max
    require_second(found, found.uploaded_by, actor, alone_fen)
    _require_no_other(uow, found, ImportState.UNDOING)
    LineRepository(uow, found).look_again()
    found.state = ImportState.APPLYING
    found.approved_by, found.approved_at = actor, clock.now()
    _record(uow, found, actor, "approve", f"{found.source}: {found.total_fen} fen")
    return found


def drop(uow: UnitOfWork, *, tenant_id: str, import_id: UUID, actor: str) -> Import:
    """Set an import aside that was not applied; its lines are erased.

    Raises:
        NotFoundError: the tenant has no such import.
        ConflictError: it was approved.
    """
    found = ImportRepository(uow, tenant_id).get(import_id, lock=True)
    require_state(found, ImportState.CHECKED, ImportState.REFUSED)
    _forget(uow, found, actor)
    return found


def ask_undo(
    uow: UnitOfWork, *, tenant_id: str, import_id: UUID, actor: str, reason: str
) -> Import:
    """Ask for an import to be undone; up to the policy's limit that is enough.

    Raises:
        NotFoundError: the tenant has no such import.
        InvalidError: no reason.
        ConflictError: it is not applied, lines of it stand in the way, or another import of its
            source is being applied.
    """
    found = ImportRepository(uow, tenant_id).get(import_id, lock=True)
    reason = require_reason(reason)
    require_state(found, ImportState.APPLIED)
    _require_unmoved(uow, found)
    found.undo_asked_by, found.undo_asked_at, found.undo_reason = actor, clock.now(), reason
    _record(uow, found, actor, "undo_ask", reason)
    if needs_second(uow, found=found):
        found.state = ImportState.UNDO_ASKED
    else:
        _begin_undo(uow, found, actor)
    return found


def agree_undo(uow: UnitOfWork, *, tenant_id: str, import_id: UUID, actor: str) -> Import:
    """A second person lets it be undone.

    Raises:
        NotFoundError: the tenant has no such import.
        ConflictError: nobody asks for it, lines stand in the way by now, or another import of its
            source is being applied.
        DeniedError: it is whoever asked.
    """
    found = ImportRepository(uow, tenant_id).get(import_id, lock=True)
    require_state(found, ImportState.UNDO_ASKED)
    if actor == found.undo_asked_by:
        raise DeniedError("whoever asks for it does not agree to it: ask a second person")
    _require_unmoved(uow, found)
    _begin_undo(uow, found, actor)
    return found


def leave(uow: UnitOfWork, *, tenant_id: str, import_id: UUID, actor: str) -> Import:
    """It is not undone after all.

    Raises:
        NotFoundError: the tenant has no such import.
        ConflictError: nobody asks for it, or it is undone already.
    """
    found = ImportRepository(uow, tenant_id).get(import_id, lock=True)
    require_state(found, ImportState.UNDO_ASKED)
    found.state = ImportState.APPLIED
    _record(uow, found, actor, "undo_leave", found.undo_reason or "")
    found.undo_asked_by = found.undo_asked_at = found.undo_reason = None
    return found


def in_the_way(uow: UnitOfWork, *, found: Import) -> list[tuple[ImportLine, str]]:
    """The first lines of an applied import that could not be undone now, and why."""
    return undoing.obstacles(uow, found, limit=_OBSTACLES_TOLD)


def at_work(uow: UnitOfWork, *, tenant_id: str) -> Sequence[UUID]:
    """The imports that `advance` brings further, oldest first."""
    return ImportRepository(uow, tenant_id).at_work()


def advance(uow: UnitOfWork, *, tenant_id: str, import_id: UUID) -> bool:
    """One step of an import: its dry run, or the next lines; whether there is more to do.

    Each step is whole or not done at all, whatever is cut off: called until it says that nothing
    is left, it ends the same.
    """
    found = ImportRepository(uow, tenant_id).get(import_id, lock=True, content=True)
    if found.state is ImportState.CHECKING:
        checking.check(uow, found)
    elif found.state is ImportState.APPLYING:
        if applying.apply_batch(uow, found):
            return True
        _finish(uow, found)
    elif found.state is ImportState.UNDOING:
        if undoing.undo_batch(uow, found):
            return True
        found.state, found.undone_at = ImportState.UNDONE, clock.now()
        _record(uow, found, found.undone_by or audit.SYSTEM, "undone", found.undo_reason or "")
    return False


def forget_waiting(uow: UnitOfWork, *, tenant_id: str) -> None:
    """Set aside what nobody has applied for long: it is about people."""
    for found in ImportRepository(uow, tenant_id).waiting_since(clock.now() - _KEPT):
        _forget(uow, found, audit.SYSTEM)


def _finish(uow: UnitOfWork, found: Import) -> None:
    found.report = comparing.compare(uow, found)
    LineRepository(uow, found).erase_content()
    found.state, found.applied_at = ImportState.APPLIED, clock.now()
    differences = found.report["difference_count"]
    _record(uow, found, found.approved_by or audit.SYSTEM, "apply", f"{differences} differences")


def _require_unmoved(uow: UnitOfWork, found: Import) -> None:
    if first := undoing.obstacles(uow, found, limit=1):
        line, why = first[0]
        raise ConflictError(
            f"line {line.line} of {line.sheet} ({line.external_id}) stands in the way: {why}"
        )


def _require_no_other(uow: UnitOfWork, found: Import, state: ImportState) -> None:
    """What one import finds there another must not be taking away."""
    others = ImportRepository(uow, found.tenant_id)
    others.be_alone(found.source)
    if others.has_any(found.source, state):
        raise ConflictError(f"another import of {found.source} is {state}: wait until it is done")


def _begin_undo(uow: UnitOfWork, found: Import, actor: str) -> None:
    _require_no_other(uow, found, ImportState.APPLYING)
    found.state, found.undone_by = ImportState.UNDOING, actor
    _record(uow, found, actor, "undo", found.undo_reason or "")


def _forget(uow: UnitOfWork, found: Import, actor: str) -> None:
    LineRepository(uow, found).drop()
    found.state, found.content, found.flaws = ImportState.DROPPED, None, []
    _record(uow, found, actor, "drop", found.name)


def _record(uow: UnitOfWork, found: Import, actor: str, did: str, reason: str) -> None:
    audit.record(
        uow,
        tenant_id=found.tenant_id,
        actor=actor,
        action=f"import.{did}",
        subject=f"import:{found.import_id}",
        reason=reason,
    )
