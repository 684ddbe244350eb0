"""The customer's pages: phone first, complete without scripts."""

from fastapi import APIRouter

from tapline_api.web.portal import (
    booklets,
    cases,
    entry,
    home,
    losses,
    orders,
    prove,
    purses,
    refunds,
    sharing,
    topups,
    transfers,
    water,
)

router = APIRouter()
_ROOMS = (
    entry,
    home,
    prove,
    purses,
    topups,
    losses,
    transfers,
    sharing,
    water,
    orders,
    booklets,
    refunds,
    cases,
)
for _room in _ROOMS:
    router.include_router(_room.router, prefix="/portal")
