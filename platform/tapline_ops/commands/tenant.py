"""Operators whose books are kept apart."""

from typing import Annotated

import typer

from tapline_ops.commands.options import DATA_DIR, DataDir, folder

app = typer.Typer(help="Legal operators.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `create` a word of its own while it is the only one."""


@app.command()
def create(
    tenant_id: Annotated[str, typer.Argument(help="A short name in lower case, as in topics.")],
    name: Annotated[str, typer.Option(help="What customers call it.")],
    legal_entity: Annotated[str, typer.Option(help="Its name on an invoice.")],
    data_dir: DataDir = DATA_DIR,
) -> None:
    """Open the books of one more operator."""
    from tapline import tenants
    from tapline_ops import access

    with access.transaction(folder(data_dir)) as uow:
        tenants.create(uow, tenant_id=tenant_id, name=name, legal_entity=legal_entity)
    typer.echo(f"tenant {tenant_id} is open")
