"""The phone pages of those who are out: couriers with barrels, technicians with machines."""

from fastapi import APIRouter

from tapline_api.web.field import cash, deliveries, home, machines, rounds, route, works

router = APIRouter()
for _room in (home, route, cash, deliveries, works, rounds, machines):
    router.include_router(_room.router, prefix="/field")
