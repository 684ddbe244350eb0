"""The legal operators whose dispensers, cards and ledgers are kept apart."""

from tapline.tenants.model import Tenant
from tapline.tenants.service import create, get, ids, listed

__all__ = ["Tenant", "create", "get", "ids", "listed"]
