from typing import Any

from tapline import clock
from tapline.errors import NotFoundError
from tapline.hotline.flows import rules
from tapline.hotline.flows.default import DEFAULT, MAIN
from tapline.hotline.flows.model import FlowVersion
from tapline.hotline.flows.nodes import Flow
from tapline.hotline.flows.repository import FlowRepository
from tapline.uow import UnitOfWork


def publish_flow(
    uow: UnitOfWork,
    *,
    tenant_id: str,
    document: dict[str, Any],
    actor: str,
    reason: str,
    code: str = MAIN,
) -> int:
    """Put a new version in force for the calls that come from now on; its number.

    Raises:
        InvalidError: the document describes no flow; `flows.nodes` says how one is written.
    """
    rules.parse(document)
    flows = FlowRepository(uow, tenant_id)
    newest = flows.newest(code)
    version = 1 if newest is None else newest.version + 1
    flows.add(
        FlowVersion(
            tenant_id=tenant_id,
            code=code,
            version=version,
            document=document,
            actor=actor,
            reason=reason,
            effective_at=clock.now(),
        )
    )
    return version


def current_flow(uow: UnitOfWork, *, tenant_id: str, code: str = MAIN) -> tuple[int, Flow]:
    """The version in force and its flow; version 0 is the default."""
    newest = FlowRepository(uow, tenant_id).newest(code)
    if newest is None:
        return 0, rules.parse(DEFAULT)
    return newest.version, rules.parse(newest.document)


def flow_of(uow: UnitOfWork, *, tenant_id: str, code: str, version: int) -> Flow:
    """A version as it was published; `NotFoundError` where there is none such."""
    if version == 0:
        return rules.parse(DEFAULT)
    found = FlowRepository(uow, tenant_id).find(code, version)
    if found is None:
        raise NotFoundError(f"no version {version} of flow {code}")
    return rules.parse(found.document)
