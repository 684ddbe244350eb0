"""What an auditor gets: the whole state as files that need none of our code to be read."""

from tapline_ops.export.service import export_all

__all__ = ["export_all"]
