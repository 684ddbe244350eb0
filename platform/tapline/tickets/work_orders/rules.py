"""What a technician may report, and who is sent to what was foreseen. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from tapline.errors import InvalidError
from tapline.people import Staff
from tapline.tickets.model import Outcome, Source
from tapline.tickets.rules import LABELS
from tapline.tickets.work_orders.parts import PARTS

_ENDS = (Outcome.FIXED, Outcome.OTHER_FAULT, Outcome.NO_FAULT_FOUND, Outcome.NOT_VISITED)


def outcomes(source: Source) -> Sequence[Outcome]:
    """What a technician may report of a case that came this way."""
    return LABELS if source is Source.PREDICTION else _ENDS


def check_report(
    source: Source, outcome: Outcome, *, on_site: bool, parts: Mapping[str, int]
) -> None:
    """Refuse a report that cannot be.

    Raises:
        InvalidError: the outcome is none for this case, nobody was there, or a count is not one.
    """
    allowed = outcomes(source)
    if outcome not in allowed:
        names = ", ".join(one.value for one in allowed)
        raise InvalidError(f"{outcome.value} is no outcome of this work: choose one of {names}")
    if not on_site and outcome is not Outcome.NOT_VISITED:
        raise InvalidError("say first that you are on site")
    if not all(part in PARTS and count > 0 for part, count in parts.items()):
        names = ", ".join(PARTS)
        raise InvalidError(f"name each part, and say how many, one or more; approved are {names}")


def chosen(
    technicians: Iterable[Staff],
    *,
    site_code: str | None,
    open_counts: Mapping[UUID, int],
    visit_counts: Mapping[UUID, int],
    visits_max: int,
) -> Staff | None:
    """Who is sent: who answers for the site (skill `site:<code>`), then who has least to do.

    None where each has had all the visits of the day.
    """
    free = [one for one in technicians if visit_counts.get(one.staff_id, 0) < visits_max]

    def rank(one: Staff) -> tuple[bool, int, int, str]:
        own = f"site:{site_code}" in one.skills
        at = one.staff_id
        return not own, open_counts.get(at, 0), visit_counts.get(at, 0), one.login

    return min(free, key=rank, default=None)
