from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from tapline import clock
from tapline.errors import InvalidError, NotFoundError
from tapline.policy.law import void_clauses
from tapline.policy.model import PolicyVersion
from tapline.policy.repository import PolicyRepository
from tapline.policy.rules import Policy
from tapline.uow import UnitOfWork


def current(uow: UnitOfWork, *, tenant_id: str) -> Policy:
    """The parameters in force now: the defaults, and what the newest version changes."""
    newest = PolicyRepository(uow).newest(tenant_id)
    return Policy() if newest is None else _policy(newest.version, newest.changes)


def on(uow: UnitOfWork, *, tenant_id: str, moment: datetime) -> Policy:
    """The parameters that were in force at a moment: what was done under them stays as it was."""
    newest = PolicyRepository(uow).newest(tenant_id, moment)
    return Policy() if newest is None else _policy(newest.version, newest.changes)


def version(uow: UnitOfWork, *, tenant_id: str, number: int) -> Policy:
    """The parameters as they stood in a version; 0 are the defaults.

    Raises:
        NotFoundError: the tenant has had no such version.
    """
    if number == 0:
        return Policy()
    found = PolicyRepository(uow).get(tenant_id, number)
    if found is None:
        raise NotFoundError(f"no policy version {number}")
    return _policy(found.version, found.changes)


def listed(uow: UnitOfWork, *, tenant_id: str) -> Sequence[PolicyVersion]:
    """Every version that a tenant published, newest first: who changed what, and why."""
    return PolicyRepository(uow).listed(tenant_id)


def publish(
    uow: UnitOfWork, *, tenant_id: str, changes: dict[str, Any], actor: str, reason: str
) -> Policy:
    """Put a new version in force. `changes` names parameters of `Policy`; others are defaults.

    Raises:
        InvalidError: a name is unknown, a value has another type than its default or cannot be,
            or a clause would be void.
    """
    newest = PolicyRepository(uow).newest(tenant_id)
    version = 1 if newest is None else newest.version + 1
    policy = checked(version, changes)
    PolicyRepository(uow).add(
        PolicyVersion(
            tenant_id=tenant_id,
            version=version,
            changes=changes,
            actor=actor,
            reason=reason,
            effective_at=clock.now(),
        )
    )
    return policy


def checked(version: int, changes: dict[str, Any]) -> Policy:
    """A version that could be published; raises as `publish`."""
    policy = _policy(version, changes)
    if wrong := void_clauses(policy):
        raise InvalidError("; ".join(wrong))
    return policy


def _policy(version: int, changes: dict[str, Any]) -> Policy:
    defaults = {field.name: field.default for field in fields(Policy) if field.name != "version"}
    values: dict[str, Any] = {}
    for name, stored in changes.items():
        if name not in defaults:
            raise InvalidError(f"no policy parameter {name!r}; known: {', '.join(defaults)}")
        value = tuple(stored) if isinstance(stored, list) else stored
        if type(value) is not type(defaults[name]):
            raise InvalidError(f"{name} takes a {type(defaults[name]).__name__}, not {value!r}")
        if isinstance(stored, int) and not 0 <= stored <= _most(name):
            raise InvalidError(f"{name} is 0 to {_most(name)}, not {stored}")
        values[name] = value
    return Policy(version=version, **values)


def _most(name: str) -> int:
    return 100 if name.endswith("_percent") else 10**9
