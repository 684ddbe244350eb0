"""The simulated telephone exchange."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add it to the command line."""
    app.command()(telephony)


def telephony(  # noqa: PLR0917 (typer passes options by name)
    state: Annotated[Path, typer.Option(help="The folder that keeps its lines.")],
    notify_url: Annotated[str, typer.Option(help="Where what happens is told.")],
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The TCP port.")] = 8200,
    number: Annotated[str, typer.Option(help="The hotline that its page dials.")] = "4000001234",
    seed: Annotated[int, typer.Option(help="Same seed, same mischief.")] = 1,
    mischief: Annotated[
        int, typer.Option(help="So many of 100 events come late, as many twice.", min=0, max=50)
    ] = 5,
) -> None:
    """Run a simulated telephone exchange: nobody's telephone rings.

    It shares the key in TAPLINE_TELEPHONY_KEY_FILE with the platform.
    """
    import uvicorn

    from tapline.settings import settings
    from tapline_ops import logs
    from tapline_ops.signature import shared_key
    from tapline_ops.telephony.app import create_app
    from tapline_ops.telephony.messenger import Messenger
    from tapline_ops.telephony.repository import Memory
    from tapline_ops.telephony.service import Telephony

    logs.configure()
    key = shared_key(settings().telephony_key_file)
    memory = Memory(state)
    exchange = Telephony(memory, seed=seed, mischief_percent=mischief)
    messenger = Messenger(exchange, notify_url=notify_url, key=key)
    try:
        uvicorn.run(
            create_app(exchange, messenger, key=key, dnis=number),
            host=host,
            port=port,
            log_config=None,
            access_log=False,
        )
    finally:
        memory.close()
