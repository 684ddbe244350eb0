"""The customer's pages: phone first, complete without scripts."""

from fastapi import APIRouter

from tapline_api.web.portal import cases, entry, home, orders, purses, refunds, water

router = APIRouter()
for _room in (entry, home, purses, water, orders, refunds, cases):
    router.include_router(_room.router, prefix="/portal")
