"""The phone pages of those who are out: couriers with barrels, technicians with machines."""

from fastapi import APIRouter

from tapline_api.web.field import cash, deliveries, home, works

router = APIRouter()
for _room in (home, cash, deliveries, works):
    router.include_router(_room.router, prefix="/field")
