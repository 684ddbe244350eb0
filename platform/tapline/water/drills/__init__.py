"""A drill each quarter: could everybody who drank of a machine be found, and how fast?"""

from tapline.water.drills.model import Drill
from tapline.water.drills.service import hold, is_overdue, listed, plan

__all__ = ["Drill", "hold", "is_overdue", "listed", "plan"]
