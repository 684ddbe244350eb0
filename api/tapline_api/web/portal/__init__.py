"""The customer's pages: phone first, complete without scripts."""

from fastapi import APIRouter

from tapline_api.web.portal import entry, purses

router = APIRouter()
for _room in (entry, purses):
    router.include_router(_room.router, prefix="/portal")
