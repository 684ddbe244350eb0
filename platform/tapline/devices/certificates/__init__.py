"""Certificates of devices: an authority of ours, what it issued, and what of it is revoked."""

from tapline.devices.certificates import roots
from tapline.devices.certificates.authority import (
    BrokerIdentity,
    Chain,
    Founded,
    broker_due,
    broker_ends_at,
    broker_hosts,
    broker_identity,
    found,
    revocations,
    succeed,
)
from tapline.devices.certificates.model import DeviceCertificate, IssuingAuthority
from tapline.devices.certificates.service import (
    Issued,
    end_all,
    holds,
    issue,
    listed,
    requested,
    revoke,
)

__all__ = [
    "BrokerIdentity",
    "Chain",
    "DeviceCertificate",
    "Founded",
    "Issued",
    "IssuingAuthority",
    "broker_due",
    "broker_ends_at",
    "broker_hosts",
    "broker_identity",
    "end_all",
    "found",
    "holds",
    "issue",
    "listed",
    "requested",
    "revocations",
    "revoke",
    "roots",
    "succeed",
]
