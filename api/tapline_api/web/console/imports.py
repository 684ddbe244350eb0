"""Another system's books taken over: sent, checked, approved, compared, undone."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile, status

from tapline import audit, imports
from tapline.errors import InvalidError, NotFoundError
from tapline.files import sheets
from tapline.imports import BYTES_MAX, FLAWS_KEPT, Flaw, Import, ImportState
from tapline.uow import UnitOfWork
from tapline_api import exports, labels
from tapline_api.deps import CurrentAgent, Member, Transaction, WrongDoorError
from tapline_api.localisation import catalog, locale_of
from tapline_api.redirects import see_other
from tapline_api.templating import render
from tapline_api.words import N_

router = APIRouter()

_HOME = "/console/imports"
_FLAWS_SHOWN = 200
_REPORT_HEADINGS = (
    *(N_("Sheet"), N_("What"), N_("Unit"), N_("Line"), N_("Id")),
    *(N_("In the file"), N_("In the books"), N_("Difference"), N_("Why")),
)
_FLAW_HEADINGS = (N_("Sheet"), N_("Line"), N_("Column"), N_("There stands"), N_("What to do"))


def _importer(member: CurrentAgent) -> Member:
    if member.staff.role not in imports.ROLES:
        raise WrongDoorError
    return member


Importer = Annotated[Member, Depends(_importer)]
"""Who answers for the books: finance, and the operator's administrator."""


@router.get("/imports")
def imports_page(request: Request, uow: Transaction, member: Importer) -> Response:
    """Every import; a form for another one."""
    return _list(request, uow, member)


@router.post("/imports")
def upload(
    request: Request,
    uow: Transaction,
    member: Importer,
    source: Annotated[str, Form(max_length=60)] = "",
    tables: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """A workbook, or CSV files: nothing counts before it was looked at."""
    sent = [one for one in tables or [] if one.filename]
    try:
        with uow.attempt():
            found = imports.upload(
                uow,
                tenant_id=member.tenant_id,
                source=source.strip().lower(),
                files=_read(sent),
                actor=member.actor,
            )
    except InvalidError as error:
        refused = status.HTTP_422_UNPROCESSABLE_CONTENT
        return _list(request, uow, member, refusal=str(error), source=source, status_code=refused)
    return see_other(f"{_HOME}/{found.import_id}")


@router.get("/import-form.xlsx")
def excel_form(_: Importer) -> Response:
    """The workbook that is filled in."""
    return _form(imports.templates.excel(), "xlsx", sheets.EXCEL_TYPE)


@router.get("/import-form.zip")
def csv_form(_: Importer) -> Response:
    """The same as CSV, a file a sheet."""
    return _form(imports.templates.csv_zip(), "zip", "application/zip")


@router.get("/imports/{import_id}")
def import_page(request: Request, uow: Transaction, member: Importer, import_id: UUID) -> Response:
    """One import as it stands: its dry run, its progress, what the books say."""
    return _page(request, uow, member, import_id)


@router.get("/imports/{import_id}/progress")
def progress(request: Request, uow: Transaction, member: Importer, import_id: UUID) -> Response:
    """How far it is; the whole page anew once nothing is left to do."""
    found = imports.get(uow, tenant_id=member.tenant_id, import_id=import_id)
    headers = {} if found.state.is_at_work else {"HX-Refresh": "true"}
    return render(
        request,
        "console/import_progress.html",
        headers=headers,
        member=member,
        found=found,
        counts=imports.counts(uow, found=found),
    )


@router.get("/imports/{import_id}/flaws.xlsx")
def flaws_excel(request: Request, uow: Transaction, member: Importer, import_id: UUID) -> Response:
    """Everything that is wrong with it, with what to do, as the reader's language has it."""
    found = imports.get(uow, tenant_id=member.tenant_id, import_id=import_id)
    told = partial(_told, catalog(locale_of(request)).gettext)
    rows: list[tuple[sheets.Cell, ...]] = [tuple(map(told, _FLAW_HEADINGS))]
    for flaw in _flaws(found, FLAWS_KEPT):
        advice = told(flaw.code, "flaw")
        rows.append((flaw.sheet, flaw.line, flaw.column, flaw.value, advice))
    return exports.excel(uow, member, name="import-flaws", rows=rows)


@router.get("/imports/{import_id}/report.xlsx")
def report_excel(request: Request, uow: Transaction, member: Importer, import_id: UUID) -> Response:
    """What the file says and what the books say, line by line where they differ."""
    found = imports.get(uow, tenant_id=member.tenant_id, import_id=import_id)
    if found.report is None:
        raise NotFoundError("it is compared with the books once it is applied")
    told = partial(_told, catalog(locale_of(request)).gettext)
    rows: list[tuple[sheets.Cell, ...]] = [tuple(map(told, _REPORT_HEADINGS))]
    for sheet, figure, file, books in found.report["figures"]:
        what = (told(sheet, "import_sheet"), told(figure, "import_figure"), told(_unit(figure)))
        rows.append((*what, "", "", file, books, books - file, ""))
    for sheet, line, external_id, figure, file, books, why in found.report["differences"]:
        what = (told(sheet, "import_sheet"), told(figure, "import_figure"), told(_unit(figure)))
        obstacle = told(why, "import_obstacle")
        rows.append((*what, line, external_id, file, books, books - file, obstacle))
    return exports.excel(uow, member, name="import-report", rows=rows)


@router.post("/imports/{import_id}/approve")
def approve(uow: Transaction, member: Importer, import_id: UUID) -> Response:
    """Let it be applied."""
    imports.approve(uow, tenant_id=member.tenant_id, import_id=import_id, actor=member.actor)
    return see_other(f"{_HOME}/{import_id}")


@router.post("/imports/{import_id}/drop")
def drop(uow: Transaction, member: Importer, import_id: UUID) -> Response:
    """Set it aside."""
    imports.drop(uow, tenant_id=member.tenant_id, import_id=import_id, actor=member.actor)
    return see_other(_HOME)


@router.get("/imports/{import_id}/undo")
def undo_page(request: Request, uow: Transaction, member: Importer, import_id: UUID) -> Response:
    """Whether it could be undone, and which lines stand in the way."""
    found = imports.get(uow, tenant_id=member.tenant_id, import_id=import_id)
    undoable = found.state in {ImportState.APPLIED, ImportState.UNDO_ASKED}
    in_the_way = imports.in_the_way(uow, found=found) if undoable else []
    return render(
        request,
        "console/import_undo.html",
        member=member,
        found=found,
        undoable=undoable,
        in_the_way=in_the_way,
        needs_second=imports.needs_second(uow, found=found),
    )


@router.post("/imports/{import_id}/undo")
def undo(
    uow: Transaction,
    member: Importer,
    import_id: UUID,
    reason: Annotated[str, Form(min_length=1, max_length=200)],
) -> Response:
    """Undo it, or ask for a second person who agrees."""
    imports.ask_undo(
        uow,
        tenant_id=member.tenant_id,
        import_id=import_id,
        actor=member.actor,
        reason=reason,
    )
    return see_other(f"{_HOME}/{import_id}")


@router.post("/imports/{import_id}/agree")
def agree(uow: Transaction, member: Importer, import_id: UUID) -> Response:
    """A second person lets it be undone."""
    imports.agree_undo(uow, tenant_id=member.tenant_id, import_id=import_id, actor=member.actor)
    return see_other(f"{_HOME}/{import_id}")


@router.post("/imports/{import_id}/leave")
def leave(uow: Transaction, member: Importer, import_id: UUID) -> Response:
    """It is not undone after all."""
    imports.leave(uow, tenant_id=member.tenant_id, import_id=import_id, actor=member.actor)
    return see_other(f"{_HOME}/{import_id}")


def _list(
    request: Request,
    uow: UnitOfWork,
    member: Member,
    *,
    refusal: str = "",
    source: str = "",
    status_code: int = status.HTTP_200_OK,
) -> Response:
    return render(
        request,
        "console/imports.html",
        status_code=status_code,
        member=member,
        imports=imports.listed(uow, tenant_id=member.tenant_id),
        refusal=refusal,
        source=source,
    )


def _page(request: Request, uow: UnitOfWork, member: Member, import_id: UUID) -> Response:
    found = imports.get(uow, tenant_id=member.tenant_id, import_id=import_id)
    return render(
        request,
        "console/import.html",
        member=member,
        found=found,
        sheets=_totals(found),
        flaws=_flaws(found, _FLAWS_SHOWN),
        counts=imports.counts(uow, found=found),
        obstructed=imports.obstructed(uow, found=found),
        needs_second=imports.needs_second(uow, found=found),
        entries=audit.about(
            uow, tenant_id=member.tenant_id, subject=f"import:{import_id}", limit=20
        ),
    )


def _totals(found: Import) -> list[tuple[str, Mapping[str, int]]]:
    """What the file says, in the order of the form."""
    return [
        (code, {name: found.totals[code][name] for name in ("lines", *figures)})
        for code, figures in imports.FIGURES.items()
        if code in found.totals
    ]


def _flaws(found: Import, limit: int) -> list[Flaw]:
    return [Flaw(*one) for one in found.flaws[:limit]]


def _read(sent: Sequence[UploadFile]) -> list[tuple[str, bytes]]:
    """The files, unless they are more than we take: they are read into memory."""
    if sum(one.size or 0 for one in sent) > BYTES_MAX:
        raise InvalidError(f"more than {BYTES_MAX // 2**20} MiB: split it")
    return [(one.filename or "", one.file.read()) for one in sent]


def _told(translate: Callable[[str], str], code: str, about: str = "") -> str:
    """A code in the reader's words; a text that is none stands for itself."""
    return translate(labels.of(code, about))


def _unit(figure: str) -> str:
    return "import_unit:fen" if figure.endswith("_fen") else "import_unit:pieces"


def _form(content: bytes, ending: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="tapline-import.{ending}"'}
    return Response(content, media_type=media_type, headers=headers)
