"""People: staff with roles and sites, customers with phones, and their sessions."""

from tapline.people.attempts import Attempts
from tapline.people.codes.service import ask as ask_code
from tapline.people.codes.service import redeem as redeem_code
from tapline.people.counting import Counters
from tapline.people.customers.model import Customer
from tapline.people.customers.service import bring_in as bring_in_customers
from tapline.people.customers.service import by_phone as customer_by_phone
from tapline.people.customers.service import by_phone_tail as customers_by_phone_tail
from tapline.people.customers.service import contact_phone, is_minor, phone_number, set_guardian
from tapline.people.customers.service import create as create_customer
from tapline.people.customers.service import find as find_customer
from tapline.people.identities.model import CustomerIdentity, Document
from tapline.people.identities.service import Vault, identity_of, is_verified
from tapline.people.identities.service import reveal as reveal_identity
from tapline.people.identities.service import verify as verify_identity
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
    "CustomerIdentity",
    "Document",
    "PersonSession",
    "Role",
    "Scope",
    "Screen",
    "SignedIn",
    "Staff",
    "Vault",
    "ask_code",
    "bring_in_customers",
    "change_password",
    "close",
    "contact_phone",
    "create_customer",
    "create_screen",
    "create_staff",
    "customer_by_phone",
    "customers_by_phone_tail",
    "find_customer",
    "forget_ended",
    "identity_of",
    "is_minor",
    "is_verified",
    "open_for",
    "phone_number",
    "redeem_code",
    "resume",
    "reveal_identity",
    "revoke_screen",
    "scope_of",
    "screen_of",
    "screens_of",
    "set_guardian",
    "staff_member",
    "staff_of",
    "verified",
    "verify_identity",
]
