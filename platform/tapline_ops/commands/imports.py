"""Another system's books from the command line: the dry run, and applying."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from tapline_ops.commands.options import DATA_DIR, AsJson, DataDir, TenantId, folder, show

if TYPE_CHECKING:
    from tapline.imports import Import
    from tapline.uow import Database

_ACTOR = "command line"
_FLAWS_TOLD = 50


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(name="import")(take_over)


def take_over(
    *,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Excel, CSV or zip.")],
    tenant: TenantId,
    source: Annotated[str, typer.Option(help="Which system the ids are of, e.g. old-erp.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check it and stop.")] = False,
    approve_as: Annotated[
        str | None, typer.Option(help="The login of who approves; needed above the limit.")
    ] = None,
    as_json: AsJson = False,
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Take over customers, cards, buckets, tickets and cases of another system.

    Exits with 1 where lines are wrong or the books differ afterwards, with 2 where it waits for a
    second person.
    """
    from tapline import imports
    from tapline_ops import access

    with access.database(folder(data_dir), existing=True) as database:
        with database.transaction() as uow:
            found = imports.upload(
                uow,
                tenant_id=tenant,
                source=source,
                files=[(file.name, file.read_bytes())],
                actor=_ACTOR,
            )
        found = _worked(database, found)
        waits = False
        if found.state is imports.ImportState.CHECKED and not dry_run:
            waits = not _approved(database, found, approve_as)
            found = _worked(database, found)
    show(_told(found), as_json=as_json)
    if waits:
        typer.echo("it waits for a second person: --approve-as LOGIN, or the page", err=True)
        raise typer.Exit(2)
    if found.flaw_count or (found.report and found.report["difference_count"]):
        raise typer.Exit(1)


def _worked(database: "Database", found: "Import") -> "Import":
    """The import when nothing is left to do for now."""
    from tapline import imports
    from tapline_ops.tasks.imports import carry

    about: tuple[str, UUID] = (found.tenant_id, found.import_id)
    while carry(database, *about, turn_s=60):
        pass
    with database.transaction() as uow:
        return imports.get(uow, tenant_id=found.tenant_id, import_id=found.import_id)


def _approved(database: "Database", found: "Import", login: str | None) -> bool:
    """Whether it may be applied: by who is named, or alone where policy allows."""
    from tapline import imports, people
    from tapline.errors import DeniedError, NotFoundError

    with database.transaction() as uow:
        if login is not None:
            staff = people.staff_of(uow, tenant_id=found.tenant_id)
            known = {one.login: one for one in staff if one.disabled_at is None}
            if login not in known:
                raise NotFoundError(f"nobody signs in as {login!r} here")
            if known[login].role not in imports.ROLES:
                raise DeniedError(f"{login} is neither of finance nor the administrator")
        elif imports.needs_second(uow, found=found):
            return False
        imports.approve(
            uow,
            tenant_id=found.tenant_id,
            import_id=found.import_id,
            actor=login or _ACTOR,
        )
    return True


def _told(found: "Import") -> dict[str, Any]:
    return {
        "import_id": str(found.import_id),
        "state": found.state.value,
        "total_fen": found.total_fen,
        "totals": found.totals,
        "flaw_count": found.flaw_count,
        "flaws": found.flaws[:_FLAWS_TOLD],
        "report": found.report,
    }
