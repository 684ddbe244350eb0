"""Telling the property manager of an outage on his site: once, and at once."""

from tapline import notices, people, sites
from tapline.outages.incidents import words
from tapline.outages.incidents.model import Incident
from tapline.people import Role
from tapline.uow import UnitOfWork


def managers(uow: UnitOfWork, incident: Incident, machines: int) -> None:
    """A text to each manager of the site whose phone is known."""
    assert incident.site_id is not None
    (site,) = sites.listed(uow, tenant_id=incident.tenant_id, among=[incident.site_id])
    text = words.to_manager(incident, site.name, machines)
    for member in people.staff_of(uow, tenant_id=incident.tenant_id):
        if member.role is not Role.MANAGER or member.disabled_at or member.phone is None:
            continue
        if incident.site_id in (people.scope_of(uow, member=member).sites or ()):
            notices.queue_sms(
                uow,
                tenant_id=incident.tenant_id,
                dedupe_key=f"outage:{incident.incident_id}:{member.staff_id}",
                phone=member.phone,
                text=text,
            )
