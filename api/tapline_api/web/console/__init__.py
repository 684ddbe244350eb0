"""The console: where people of the desk work."""

from fastapi import APIRouter

from tapline_api.web.console import books, cards, machines, money, office, tickets

router = APIRouter()
for _room in (tickets, money, cards, machines, books, office):
    router.include_router(_room.router, prefix="/console")
