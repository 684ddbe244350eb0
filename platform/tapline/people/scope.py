"""What a person may see. Every read of business rows takes one."""

from dataclasses import dataclass, replace
from typing import Self
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Scope:
    """A tenant, and for property people the sites that are theirs."""

    tenant_id: str
    sites: frozenset[UUID] | None = None
    """None: every site of the tenant. An empty set: none at all."""

    def only(self, site_id: UUID) -> Self:
        """The part of the scope that is on one site; nothing where the site is outside of it."""
        own = self.sites is None or site_id in self.sites
        return replace(self, sites=frozenset({site_id} if own else ()))
