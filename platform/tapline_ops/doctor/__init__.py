"""An examination of an installation."""

from tapline_ops.doctor.examination import examine

__all__ = ["examine"]
