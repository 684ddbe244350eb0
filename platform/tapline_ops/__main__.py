"""`python -m tapline_ops` is `tapline`."""

from tapline_ops.cli import app

app(prog_name="tapline")
