"""`dtks ledger`: the audit trail and its witnesses."""

from __future__ import annotations

import typer

from dtks.cli import ledger_witness

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Jejak audit · The audit trail")
app.add_typer(ledger_witness.app, name="witness")
