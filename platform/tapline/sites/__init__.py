"""Sites: the estates, campuses and malls where dispensers stand."""

from tapline.sites.model import Site, SiteKind
from tapline.sites.service import create, listed

__all__ = ["Site", "SiteKind", "create", "listed"]
