"""People: staff with roles and sites, customers with phones, and their sessions."""

from tapline.people.attempts import Attempts
from tapline.people.codes.service import ask as ask_code
from tapline.people.codes.service import redeem as redeem_code
from tapline.people.counting import Counters
from tapline.people.customers.model import Customer
from tapline.people.customers.service import by_phone_tail as customers_by_phone_tail
from tapline.people.customers.service import create as create_customer
from tapline.people.customers.service import find as find_customer
from tapline.people.customers.service import phone_number
from tapline.people.scope import Scope
from tapline.people.screens.model import Screen
from tapline.people.screens.service import create as create_screen
from tapline.people.screens.service import listed as screens_of
from tapline.people.screens.service import opened_by as screen_of
from tapline.people.screens.service import revoke as revoke_screen
from tapline.people.service import forget_ended
from tapline.people.sessions.model import PersonSession
from tapline.people.sessions.service import (
    SignedIn,
    change_password,
    close,
    open_for,
    resume,
)
from tapline.people.staff.model import Role, Staff
from tapline.people.staff.service import create as create_staff
from tapline.people.staff.service import listed as staff_of
from tapline.people.staff.service import member_of as staff_member
from tapline.people.staff.service import scope_of, verified

__all__ = [
    "Attempts",
    "Counters",
    "Customer",
    "PersonSession",
    "Role",
    "Scope",
    "Screen",
    "SignedIn",
    "Staff",
    "ask_code",
    "change_password",
    "close",
    "create_customer",
    "create_screen",
    "create_staff",
    "customers_by_phone_tail",
    "find_customer",
    "forget_ended",
    "open_for",
    "phone_number",
    "redeem_code",
    "resume",
    "revoke_screen",
    "scope_of",
    "screen_of",
    "screens_of",
    "staff_member",
    "staff_of",
    "verified",
]
