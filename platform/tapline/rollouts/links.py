"""Addresses from which a machine may fetch an image: signed, for one job, for a while."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from tapline import clock
from tapline.errors import DeniedError
from tapline.rollouts import images
from tapline.rollouts.model import RolloutJob
from tapline.rollouts.repository import JobRepository
from tapline.uow import UnitOfWork

PATH = "/firmware"


class Download(NamedTuple):
    """What an address opens."""

    tenant_id: str
    file_id: UUID
    size_bytes: int
    sha256: str


def address(origin: str, job: RolloutJob) -> str:
    """Where the machine of `job` fetches its image."""
    until = int(job.expires_at.timestamp())
    return f"{origin}{PATH}/{job.job_id}?exp={until}&sig={_signature(job, until)}"


def opened(uow: UnitOfWork, *, job_id: UUID, until: int, signature: str) -> Download:
    """What a signed address opens.

    Raises:
        DeniedError: it is not signed by us, its time is over, or the job has ended.
    """
    job = JobRepository(uow).find(job_id)
    if job is None or not hmac.compare_digest(_signature(job, until).encode(), signature.encode()):
        raise DeniedError("this address was not made here")
    if job.ended_at is not None or clock.now() >= datetime.fromtimestamp(until, UTC):
        raise DeniedError("the time of this address is over: wait for the next command")
    image = images.get(uow, tenant_id=job.tenant_id, image_id=job.image_id)
    return Download(job.tenant_id, image.file_id, image.size_bytes, image.sha256)


def _signature(job: RolloutJob, until: int) -> str:
    digest = hmac.digest(job.link_key, f"{job.job_id}\n{until}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
