"""Outages at every site: incidents, planned works, and how available water was."""

from tapline_api.web.console.doors import operator
from tapline_api.web.outage_routes import routes

router = routes("console", operator)
