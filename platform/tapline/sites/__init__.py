"""Sites: the estates, campuses and malls where dispensers stand, and when nobody is there."""

from tapline.sites import closures
from tapline.sites.model import Site, SiteKind
from tapline.sites.service import create, listed

__all__ = ["Site", "SiteKind", "closures", "create", "listed"]
