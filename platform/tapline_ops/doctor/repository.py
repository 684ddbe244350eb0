from typing import NamedTuple

from sqlalchemy import text

from tapline.uow import UnitOfWork


class ServerFacts(NamedTuple):
    """What a database server says of itself; `timescale` is None without the extension."""

    version: str
    fsync: str
    timescale: str | None


class ServerRepository:
    def __init__(self, uow: UnitOfWork) -> None:
        self._session = uow.session

    def facts(self) -> ServerFacts:
        """Version, durability, extensions."""
        row = self._session.execute(
            text(
                "select current_setting('server_version'), current_setting('fsync'),"
                " (select extversion from pg_extension where extname = 'timescaledb')"
            )
        ).one()
        return ServerFacts(*row)
