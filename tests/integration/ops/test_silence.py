"""The other end of a database connection may vanish without a word."""

import os
import socket

from sqlalchemy import text

from tapline.uow import Database


def test_each_end_of_a_database_connection_asks_whether_the_other_is_there(
    fresh_database: Database,
) -> None:
    with fresh_database.engine.connect() as connection:
        driven = connection.connection.driver_connection
        assert driven is not None
        with socket.socket(fileno=os.dup(driven.fileno())) as sock:
            ours = [
                sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
                sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
                sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT),
            ]
        theirs = connection.scalar(text("show tcp_keepalives_idle"))

    assert (ours, theirs) == ([1, 30, 60_000], "30")
