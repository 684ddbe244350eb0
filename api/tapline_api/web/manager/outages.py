"""Outages on his sites: what is out, what he plans, and how available water was."""

from tapline_api.deps import property_manager
from tapline_api.web.outage_routes import routes

router = routes("manager", property_manager)
