"""Identifiers: UUIDv7, so that a primary key's order is the order of arrival."""

from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7


def new_id() -> UUID:
    """A new time-ordered identifier."""
    return _uuid7()
