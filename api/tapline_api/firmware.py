"""Firmware for machines: by a signed address, in ranges, so that a slow line may break off."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, HTTPException, Query, Response, status

from tapline import files, rollouts
from tapline_api.deps import Transaction

PART_BYTES_MAX = 1024 * 1024
_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})")

router = APIRouter(prefix="/firmware", include_in_schema=False)


@router.get("/{job_id}")
def image(
    uow: Transaction,
    job_id: UUID,
    exp: Annotated[int, Query(ge=0, le=2**40)] = 0,
    sig: Annotated[str, Query(max_length=64)] = "",
    asked: Annotated[str, Header(alias="Range", max_length=64)] = "",
) -> Response:
    """An image, or the part of it that the `Range` names; at most 1 MiB at a time of a part.

    No range: all of it. Several ranges, or one that makes no sense, count as none (RFC 9110, 14.2).
    """
    found = rollouts.opened_link(uow, job_id=job_id, until=exp, signature=sig)
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{found.sha256}"',
        "Cache-Control": "private, no-store",
    }
    span = _span(asked, found.size_bytes)
    first, count = (0, found.size_bytes) if span is None else span
    if count <= 0:
        headers["Content-Range"] = f"bytes */{found.size_bytes}"
        raise HTTPException(status.HTTP_416_RANGE_NOT_SATISFIABLE, "past its end", headers)
    body = files.read_part(
        uow, tenant_id=found.tenant_id, file_id=found.file_id, offset=first, count=count
    )
    if span is not None:
        headers["Content-Range"] = f"bytes {first}-{first + len(body) - 1}/{found.size_bytes}"
    return Response(
        body,
        status.HTTP_200_OK if span is None else status.HTTP_206_PARTIAL_CONTENT,
        headers,
        "application/octet-stream",
    )


def _span(asked: str, size: int) -> tuple[int, int] | None:
    """Where the part begins, and its length, zero or less where it lies past the end."""
    named = _RANGE.fullmatch(asked)
    if named is None:
        return None
    first = int(named[1])
    last = min(int(named[2] or size - 1), size - 1, first + PART_BYTES_MAX - 1)
    if named[2] and int(named[2]) < first:
        return None
    return first, last - first + 1
