"""What was looked after at a property manager's sites, with the photos that show it."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from tapline import partners, rounds
from tapline.errors import NotFoundError
from tapline.rounds import plans
from tapline_api import exports
from tapline_api.deps import CurrentManager, Member, Transaction
from tapline_api.formats import formats_of
from tapline_api.templating import render
from tapline_api.web import rounds_sheet
from tapline_api.web.months import Month, month_of, recent
from tapline_api.web.photos import shown as photo_shown

router = APIRouter(prefix="/rounds")


@router.get("")
def page(
    request: Request, uow: Transaction, member: CurrentManager, month: Month = None
) -> Response:
    """The rounds of a month, each with what was found and its photos."""
    shown = month_of(month) if month else recent(1)[0]
    found = rounds_sheet.shown(uow, member.scope, shown, partners.month_last(shown))
    return render(
        request,
        "manager/rounds.html",
        member=member,
        month=shown,
        months=recent(),
        visits=found,
        done=sum(one.entry is not None for one in found),
        late=sum(one.was_late for one in found),
        told={
            one.visit.visit_id: plans.told(one.visit.items, one.entry.answers)
            for one in found
            if one.entry is not None
        },
    )


@router.get("/rounds.xlsx")
def excel(
    request: Request, uow: Transaction, member: CurrentManager, month: Month = None
) -> Response:
    """The same as Excel."""
    shown = month_of(month)
    found = rounds_sheet.shown(uow, member.scope, shown, partners.month_last(shown))
    rows = rounds_sheet.table(found, member.people, formats_of(request))
    return exports.excel(uow, member, name=f"rounds-{shown:%Y-%m}", rows=rows)


@router.get("/{visit_id}/photos/{file_id}")
def photo(uow: Transaction, member: CurrentManager, visit_id: UUID, file_id: UUID) -> Response:
    """A photo of a round at one of his sites."""
    visit = rounds.visits.get(uow, tenant_id=member.tenant_id, visit_id=visit_id)
    if not _is_his(member, visit.site_id):
        raise NotFoundError(f"no visit {visit_id}")
    entries = rounds.visits.entries_of(uow, tenant_id=member.tenant_id, visit_ids=[visit_id])
    if all(str(file_id) not in one.file_ids for one in entries[visit_id]):
        raise NotFoundError("no such photo")
    return photo_shown(uow, member.tenant_id, file_id)


def _is_his(member: Member, site_id: UUID | None) -> bool:
    return member.scope.sites is None or site_id in member.scope.sites
