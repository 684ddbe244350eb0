"""Options and output that commands share."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from tapline_ops.datafolder import DataFolder

DataDir = Annotated[
    Path,
    typer.Option("--data-dir", envvar="TAPLINE_DATA_DIR", help="The folder that keeps everything."),
]
DATA_DIR = Path("data")

TenantId = Annotated[str, typer.Option("--tenant", help="Whose it is.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def folder(data_dir: Path) -> DataFolder:
    """The data folder that the option names."""
    return DataFolder(data_dir)


def show(values: dict[str, Any], *, as_json: bool) -> None:
    """Print `values` as one JSON object, or as a line each for people."""
    if as_json:
        typer.echo(json.dumps(values, ensure_ascii=False))
        return
    width = max(map(len, values), default=0)
    for name, value in values.items():
        typer.echo(f"{name:<{width}}  {value}")
