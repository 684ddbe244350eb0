"""Our own campus cards through a school year: terms, rosters, graduation, opening.

`schools` has the calendar, `students` the lists, `graduations` those who leave, `openings` the
machines that are flushed before a term.
"""

from tapline.rosters import graduations, openings, schools, students

__all__ = ["graduations", "openings", "schools", "students"]
