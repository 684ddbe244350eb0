"""Everything that goes wrong in a year, each thing on purpose and written down.

What it is to be called, and where, the world knows by itself: nothing here asks the platform.
"""

from tests.integration.year.chips import Chips
from tests.integration.year.holders import Holders
from tests.integration.year.iron import Iron
from tests.integration.year.water import Water
from tests.integration.year.wire import Wire


class Mischief(Water, Wire, Chips, Holders, Iron):
    """What may go wrong, by name."""
