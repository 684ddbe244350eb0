"""What was approved of cases of bad water, by whom."""

from tapline.water.traces.approvals.model import TraceApproval
from tapline.water.traces.approvals.repository import ApprovalRepository

__all__ = ["ApprovalRepository", "TraceApproval"]
