"""The simulated payment provider."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add it to the command line."""
    app.command()(cashier)


def cashier(  # noqa: PLR0917 (typer passes options by name)
    state: Annotated[Path, typer.Option(help="The folder that keeps its books.")],
    notify_url: Annotated[
        str, typer.Option(help="Where merchants are told; /provider/tenant is added.")
    ],
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The TCP port.")] = 8100,
    origin: Annotated[
        str | None, typer.Option(help="How browsers reach it; default: host and port.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same treatment of the orders.")] = 1,
) -> None:
    """Run a simulated payment provider: no real money moves.

    It shares the key in TAPLINE_CASHIER_KEY_FILE with the merchants.
    """
    import uvicorn

    from tapline.settings import settings
    from tapline_ops import logs
    from tapline_ops.cashier.app import create_app
    from tapline_ops.cashier.messenger import Messenger
    from tapline_ops.cashier.repository import Books
    from tapline_ops.cashier.service import Cashier
    from tapline_ops.signature import shared_key

    logs.configure()
    key = shared_key(settings().cashier_key_file)
    books = Books(state)
    desk = Cashier(books, origin=origin or f"http://{host}:{port}", seed=seed)
    messenger = Messenger(desk, notify_url=notify_url, key=key)
    try:
        uvicorn.run(
            create_app(desk, messenger, key=key),
            host=host,
            port=port,
            log_config=None,
            access_log=False,
        )
    finally:
        books.close()
