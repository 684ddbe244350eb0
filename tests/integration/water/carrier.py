"""A worker that carries cases on until somebody kills it: `python -m … DATABASE_URL`."""

import sys

from tapline import clock
from tapline.uow import Database
from tapline_ops.tasks import water
from tests.integration.water.laboratory import NOON

if __name__ == "__main__":
    database = Database(sys.argv[1])
    with clock.frozen(NOON):
        while True:
            water.carry(database)
