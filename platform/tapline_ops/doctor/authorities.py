"""Roots, authorities and the broker's certificate that near their end, a line each."""

from collections.abc import Iterator
from datetime import timedelta

from tapline import clock
from tapline.devices import certificates
from tapline.uow import UnitOfWork

_ROOT_EARLY = timedelta(days=5 * 365)
"""An authority under it is to live that long."""
_ISSUER_EARLY = timedelta(days=397)
"""So long holds what it gives a broker."""


def endings(uow: UnitOfWork, shown_pem: str | None) -> Iterator[str]:
    """What somebody has to do; `shown_pem` is the certificate that the broker here shows."""
    roots, now = certificates.roots.standing(uow), clock.now()
    if shown_pem is not None and not roots:
        yield "certificates: no authority is left that could issue one: `tapline pki init`"
    for root in roots:
        if not root.issues:
            yield (
                f"certificates: {root.devices} devices have none but under the older root, "
                f"{root.name}: renewals bring them over; then "
                f"`tapline pki retire-root {root.serial}`"
            )
        elif root.ends_at - now < _ROOT_EARLY:
            yield f"certificates: the root ends on {root.ends_at:%Y-%m-%d}: `tapline pki add-root`"
        elif root.issuer_ends_at - now < _ISSUER_EARLY:
            yield (
                f"certificates: the authority that issues ends on {root.issuer_ends_at:%Y-%m-%d}: "
                "`tapline pki succeed`"
            )
    if shown_pem is not None and certificates.broker_due(uow, shown_pem=shown_pem):
        yield (
            "certificates: the broker's ends on "
            f"{certificates.broker_ends_at(shown_pem):%Y-%m-%d} and another is due, which a worker "
            "gives it within the hour: does one run? Else `tapline pki broker`"
        )
